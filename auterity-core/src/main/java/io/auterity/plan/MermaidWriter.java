package io.auterity.plan;

import io.auterity.plan.GraphPicture.Arrow;
import io.auterity.plan.GraphPicture.Box;
import io.auterity.plan.GraphPicture.Frame;
import java.util.List;

/** Writes a picture as a Mermaid flowchart; confined to one thread. */
final class MermaidWriter {

    private final StringBuilder out = new StringBuilder("flowchart TD\n");

    String write(List<Box> boxes, List<Arrow> arrows) {
        block(boxes, arrows, 1);
        return out.toString();
    }

    private void block(List<Box> boxes, List<Arrow> arrows, int depth) {
        for (Box box : boxes) {
            if (box.frames().isEmpty()) {
                line(depth, box.id() + shape(box));
            } else {
                frames(box, depth);
            }
        }
        for (Arrow arrow : arrows) {
            String label = arrow.label().isEmpty() ? "" : "|" + quote(arrow.label()) + "|";
            line(depth, arrow.from() + (arrow.data() ? " -->" : " -.->") + label + " " + arrow.to());
        }
    }

    private void frames(Box box, int depth) {
        line(depth, "subgraph " + box.id() + "[" + quote(String.join("\n", box.lines())) + "]");
        for (Frame frame : box.frames()) {
            if (frame.title().isEmpty()) {
                block(frame.boxes(), frame.arrows(), depth + 1);
            } else {
                line(depth + 1, "subgraph " + frame.id() + "[" + quote(frame.title()) + "]");
                block(frame.boxes(), frame.arrows(), depth + 2);
                line(depth + 1, "end");
            }
        }
        line(depth, "end");
    }

    private static String shape(Box box) {
        String text = quote(String.join("\n", box.lines()));
        return switch (box.shape()) {
            case WORK, BLOCK -> "[" + text + "]";
            case CHOICE -> "{" + text + "}";
            case PAUSE -> "([" + text + "])";
            case FAILURE -> "[/" + text + "/]";
        };
    }

    private static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '\n' -> quoted.append("<br/>");
                case '"' -> quoted.append("#quot;");
                case '<' -> quoted.append("#lt;");
                case '>' -> quoted.append("#gt;");
                case '#' -> quoted.append("#35;");
                case '&' -> quoted.append("#amp;");
                case '`' -> quoted.append("#96;");
                default -> quoted.append(c);
            }
        }
        return quoted.append('"').toString();
    }

    private void line(int depth, String text) {
        out.append("    ".repeat(depth)).append(text).append('\n');
    }
}
