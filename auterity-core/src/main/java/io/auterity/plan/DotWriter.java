package io.auterity.plan;

import io.auterity.plan.GraphPicture.Arrow;
import io.auterity.plan.GraphPicture.Box;
import io.auterity.plan.GraphPicture.Frame;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a picture as a Graphviz digraph; confined to one thread.
 *
 * <p>Graphviz has no edges to clusters: an arrow goes to a step inside and is cut off at the cluster's border.
 */
final class DotWriter {

    private final StringBuilder out = new StringBuilder();
    /** For each step with blocks, a point inside it that arrows aim at. */
    private final Map<String, String> anchors = new HashMap<>();

    String write(String title, List<Box> boxes, List<Arrow> arrows) {
        line(0, "digraph " + quote(title) + " {");
        line(1, "compound=true; rankdir=TB; node [shape=box, style=rounded, fontname=\"sans-serif\"];");
        block(boxes, arrows, 1);
        line(0, "}");
        return out.toString();
    }

    private void block(List<Box> boxes, List<Arrow> arrows, int depth) {
        for (Box box : boxes) {
            if (box.frames().isEmpty()) {
                line(depth, box.id() + " [label=" + quote(String.join("\n", box.lines())) + shape(box) + "];");
            } else {
                frames(box, depth);
            }
        }
        for (Arrow arrow : arrows) {
            arrow(arrow, depth);
        }
    }

    private void frames(Box box, int depth) {
        String anchor = box.id() + "_in";
        anchors.put(box.id(), anchor);
        line(depth, "subgraph cluster_" + box.id() + " {");
        line(depth + 1, "label=" + quote(String.join("\n", box.lines())) + "; style=rounded;");
        line(depth + 1, anchor + " [shape=point, style=invis, width=0];");
        for (Frame frame : box.frames()) {
            if (frame.title().isEmpty()) {
                block(frame.boxes(), frame.arrows(), depth + 1);
            } else {
                line(depth + 1, "subgraph cluster_" + frame.id() + " {");
                line(depth + 2, "label=" + quote(frame.title()) + "; style=dashed;");
                block(frame.boxes(), frame.arrows(), depth + 2);
                line(depth + 1, "}");
            }
        }
        line(depth, "}");
    }

    private void arrow(Arrow arrow, int depth) {
        String from = anchors.get(arrow.from());
        String to = anchors.get(arrow.to());
        StringBuilder attributes = new StringBuilder();
        attributes.append(from == null ? "" : ", ltail=cluster_" + arrow.from());
        attributes.append(to == null ? "" : ", lhead=cluster_" + arrow.to());
        attributes.append(arrow.data() ? "" : ", style=dotted");
        attributes.append(arrow.label().isEmpty() ? "" : ", label=" + quote(arrow.label()));
        String ends = (from == null ? arrow.from() : from) + " -> " + (to == null ? arrow.to() : to);
        line(depth, ends + (attributes.isEmpty() ? "" : " [" + attributes.substring(2) + "]") + ";");
    }

    private static String shape(Box box) {
        return switch (box.shape()) {
            case WORK, BLOCK -> "";
            case CHOICE -> ", shape=diamond, style=solid";
            case PAUSE -> ", shape=oval, style=solid";
            case FAILURE -> ", shape=octagon, style=solid";
        };
    }

    private static String quote(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }

    private void line(int depth, String text) {
        out.append("    ".repeat(depth)).append(text).append('\n');
    }
}
