package io.auterity.definition;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.common.Anchor;
import org.snakeyaml.engine.v2.events.AliasEvent;
import org.snakeyaml.engine.v2.events.CollectionStartEvent;
import org.snakeyaml.engine.v2.events.Event;
import org.snakeyaml.engine.v2.events.NodeEvent;
import org.snakeyaml.engine.v2.events.ScalarEvent;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.parser.ParserImpl;
import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * Makes nodes of a YAML text from the parser's events, so that nothing but plain values can come of it: no types by tag,
 * no merge keys, aliases within limits.
 */
final class YamlNodes {

    private static final String FIX = "check indentation, quotes and brackets at and before this place";
    private static final String CORE_TAGS = "tag:yaml.org,2002:";

    private final ParserImpl parser;
    private final NodeBudget budget;
    private final Map<Anchor, Anchored> anchors = new HashMap<>();

    private record Anchored(Optional<Node> node, long size) {}

    private YamlNodes(String text, Limits limits) {
        LoadSettings settings = LoadSettings.builder()
                .setParseComments(false)
                .setCodePointLimit(Integer.MAX_VALUE)
                .setBufferSize(text.length() + 1) // the text in one read: pieces would be copied again and again
                .build();
        parser = new ParserImpl(settings, new StreamReader(settings, text));
        budget = new NodeBudget(limits);
    }

    static Node read(String text, Limits limits) {
        try {
            return new YamlNodes(text, limits).document();
        } catch (MarkedYamlEngineException e) {
            Optional<Mark> mark = e.getProblemMark();
            int line = mark.map(m -> m.getLine() + 1).orElse(1);
            throw syntax(
                    readable(Optional.ofNullable(e.getProblem()).orElse("the text is not YAML")),
                    hasExpression(text, line) ? "put a text with ${{ }} in quotes: \"${{ ... }}\"" : FIX,
                    line,
                    mark.map(m -> m.getColumn() + 1).orElse(1));
        } catch (ReaderException e) {
            throw unreadable(text, e);
        } catch (NodeBudget.Stop e) {
            throw e;
        } catch (RuntimeException e) {
            // The parser lets some of its own failures out, a NumberFormatException for one: the text is to blame.
            throw syntax("the text is not YAML: " + e.getMessage(), FIX, 1, 1);
        }
    }

    /** The parser's words, but for the block tokens that nobody sees in a text. */
    private static String readable(String problem) {
        return problem.contains("<block") ? "the indentation fits nothing that stands before" : problem;
    }

    /** A colon or a comma of an expression that is not in quotes is what goes wrong most. */
    private static boolean hasExpression(String text, int line) {
        return text.lines()
                .skip(line - 1L)
                .findFirst()
                .filter(at -> at.contains(Braces.OPEN))
                .isPresent();
    }

    private static NodeBudget.Stop syntax(String what, String fix, int line, int column) {
        return new NodeBudget.Stop(Codes.SYNTAX, Quote.of(what, 300), fix, line, column);
    }

    private static NodeBudget.Stop unreadable(String text, ReaderException e) {
        int line = 1;
        int column = 1;
        int end = text.offsetByCodePoints(0, Math.min(e.getPosition(), text.codePointCount(0, text.length())));
        for (int i = 0; i < end; i++) {
            boolean newLine = text.charAt(i) == '\n';
            line += newLine ? 1 : 0;
            column = newLine ? 1 : column + 1;
        }
        return new NodeBudget.Stop(
                Codes.SYNTAX,
                String.format("the character U+%04X may not stand in YAML", e.getCodePoint()),
                "remove it, or write it as an escape in double quotes",
                line,
                column);
    }

    private Node document() {
        parser.next(); // the start of the stream
        if (parser.checkEvent(Event.ID.StreamEnd)) {
            throw new NodeBudget.Stop(
                    Codes.SYNTAX, "the text is empty", "start with 'auterity: 1', 'id' and 'steps'", 1, 1);
        }
        parser.next(); // the start of the document
        Node node = node(parser.next(), 0);
        parser.next(); // the end of the document
        if (!parser.checkEvent(Event.ID.StreamEnd)) {
            Event more = parser.peekEvent();
            throw new NodeBudget.Stop(
                    Codes.SYNTAX,
                    "the text has several documents",
                    "keep one workflow a text and remove the '---' between them",
                    line(more),
                    column(more));
        }
        return node;
    }

    private Node node(Event event, int depth) {
        if (event instanceof AliasEvent alias) {
            return alias(alias, depth);
        }
        Optional<Anchor> anchor = ((NodeEvent) event).getAnchor();
        anchor.ifPresent(name -> anchors.put(name, new Anchored(Optional.empty(), 0)));
        long before = budget.used();
        budget.value(line(event), column(event));
        Node node = switch (event.getEventId()) {
            case SequenceStart -> list((CollectionStartEvent) event, depth + 1);
            case MappingStart -> object((CollectionStartEvent) event, depth + 1);
            default -> scalar((ScalarEvent) event);
        };
        anchor.ifPresent(name -> anchors.put(name, new Anchored(Optional.of(node), budget.used() - before)));
        return node;
    }

    private Node alias(AliasEvent event, int depth) {
        Anchored anchored = anchors.get(event.getAlias());
        String name = Quote.of(event.getAlias().getValue());
        if (anchored == null) {
            throw new NodeBudget.Stop(
                    Codes.YAML_FEATURE,
                    "the alias '*" + name + "' names no anchor before it",
                    "define '&" + name + "' earlier in the text",
                    line(event),
                    column(event));
        }
        Node node = anchored.node()
                .orElseThrow(() -> new NodeBudget.Stop(
                        Codes.YAML_FEATURE,
                        "the alias '*" + name + "' stands inside what it names, which would never end",
                        "remove the alias",
                        line(event),
                        column(event)));
        budget.alias(anchored.size(), line(event), column(event));
        budget.depth(depth + node.height(), line(event), column(event));
        return node;
    }

    private Node list(CollectionStartEvent start, int depth) {
        budget.depth(depth, line(start), column(start));
        List<Node> items = new ArrayList<>();
        int height = 0;
        for (Event event = parser.next(); event.getEventId() != Event.ID.SequenceEnd; event = parser.next()) {
            budget.items(items.size() + 1, line(event), column(event));
            Node item = node(event, depth);
            height = Math.max(height, item.height());
            items.add(item);
        }
        return checkedTag(start, "seq", new Node.Items(items, height + 1, line(start), column(start)));
    }

    private Node object(CollectionStartEvent start, int depth) {
        budget.depth(depth, line(start), column(start));
        Map<String, Node.Field> fields = new LinkedHashMap<>();
        List<Node.Field> repeated = new ArrayList<>();
        int height = 0;
        for (Event event = parser.next(); event.getEventId() != Event.ID.MappingEnd; event = parser.next()) {
            budget.items(fields.size() + repeated.size() + 1, line(event), column(event));
            String key = key(event);
            Node value = node(parser.next(), depth);
            height = Math.max(height, value.height());
            Node.Field field = new Node.Field(key, line(event), column(event), value);
            if (fields.putIfAbsent(key, field) != null) {
                repeated.add(field);
            }
        }
        return checkedTag(start, "map", new Node.Fields(fields, repeated, height + 1, line(start), column(start)));
    }

    private String key(Event event) {
        if (event instanceof ScalarEvent scalar) {
            scalar.getAnchor().ifPresent(name -> anchors.put(name, new Anchored(Optional.of(scalar(scalar)), 1)));
            if (Quote.isWhole(scalar.getValue())) {
                return scalar.getValue();
            }
        }
        if (event instanceof AliasEvent alias
                && alias(alias, 0) instanceof Node.Scalar scalar
                && scalar.value() instanceof String text
                && Quote.isWhole(text)) {
            return text;
        }
        throw new NodeBudget.Stop(
                Codes.YAML_FEATURE,
                "the key of an object is no text",
                "use a text of whole characters as the key",
                line(event),
                column(event));
    }

    private static Node scalar(ScalarEvent event) {
        int line = line(event);
        int column = column(event);
        Node text = new Node.Scalar(event.getValue(), line, column);
        Optional<String> tag = event.getTag();
        if (tag.isEmpty()) {
            return event.isPlain() ? Scalars.resolve(event.getValue(), line, column) : text;
        }
        Node resolved = Scalars.resolve(event.getValue(), line, column);
        boolean agrees = switch (tag.get()) {
            case "!", CORE_TAGS + "str" -> true;
            case CORE_TAGS + "int" -> resolved instanceof Node.Scalar s && s.value() instanceof Long;
            case CORE_TAGS + "float" -> resolved instanceof Node.Scalar s && s.value() instanceof Double;
            case CORE_TAGS + "bool" -> resolved instanceof Node.Scalar s && s.value() instanceof Boolean;
            case CORE_TAGS + "null" -> resolved instanceof Node.Scalar s && s.value() == null;
            default -> false;
        };
        if (!agrees) {
            return refusedTag(tag.get(), line, column);
        }
        return tag.get().equals("!") || tag.get().endsWith(":str") ? text : resolved;
    }

    private static Node checkedTag(CollectionStartEvent start, String core, Node node) {
        Optional<String> tag = start.getTag();
        return tag.isEmpty() || tag.get().equals("!") || tag.get().equals(CORE_TAGS + core)
                ? node
                : refusedTag(tag.get(), line(start), column(start));
    }

    private static Node refusedTag(String tag, int line, int column) {
        return new Node.Refused(
                Codes.YAML_FEATURE,
                "the tag '" + Quote.of(tag)
                        + "' says a type that does not fit the value or that a definition cannot hold",
                "remove the tag and write the value as JSON would",
                line,
                column);
    }

    private static int line(Event event) {
        return event.getStartMark().map(Mark::getLine).orElse(0) + 1;
    }

    private static int column(Event event) {
        return event.getStartMark().map(Mark::getColumn).orElse(0) + 1;
    }
}
