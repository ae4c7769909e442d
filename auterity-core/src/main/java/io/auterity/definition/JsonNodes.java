package io.auterity.definition;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.json.JsonFactory;

/** Makes nodes of a JSON text. */
final class JsonNodes {

    private static final TokenStreamFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(Limits.DEEPEST + 2) // our own limit comes first and has a name
                    .maxStringLength(Integer.MAX_VALUE)
                    .maxNameLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private final JsonParser parser;
    private final NodeBudget budget;

    private JsonNodes(JsonParser parser, Limits limits) {
        this.parser = parser;
        this.budget = new NodeBudget(limits);
    }

    /** Says whether a text begins as a JSON object does; a YAML text may, too. */
    static boolean mayBe(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '{') {
                return true;
            }
            if (c != ' ' && c != '\t' && c != '\n' && c != '\r') {
                return false;
            }
        }
        return false;
    }

    static Node read(String text, Limits limits) {
        try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
            JsonNodes nodes = new JsonNodes(parser, limits);
            parser.nextToken();
            Node node = nodes.node(0);
            if (parser.nextToken() != null) {
                throw nodes.malformed("there is more after the object");
            }
            return node;
        } catch (JacksonException e) {
            TokenStreamLocation at = e.getLocation();
            throw malformed(
                    e.getOriginalMessage(),
                    at == null ? 1 : Math.max(1, at.getLineNr()),
                    at == null ? 1 : Math.max(1, at.getColumnNr()));
        }
    }

    private NodeBudget.Stop malformed(String what) {
        return malformed(what, line(), column());
    }

    private static NodeBudget.Stop malformed(String what, int line, int column) {
        return new NodeBudget.Stop(
                Codes.SYNTAX,
                "the text is not JSON: " + Quote.of(what, 300),
                "check commas, quotes and brackets at and before this place",
                line,
                column);
    }

    private Node node(int depth) {
        int line = line();
        int column = column();
        budget.value(line, column);
        JsonToken token = parser.currentToken();
        if (token == null) {
            throw malformed("it ends early");
        }
        return switch (token) {
            case START_OBJECT -> object(depth + 1, line, column);
            case START_ARRAY -> list(depth + 1, line, column);
            case VALUE_STRING -> new Node.Scalar(parser.getString(), line, column);
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Scalars.resolve(parser.getString(), line, column);
            case VALUE_TRUE -> new Node.Scalar(true, line, column);
            case VALUE_FALSE -> new Node.Scalar(false, line, column);
            case VALUE_NULL -> new Node.Scalar(null, line, column);
            default -> throw malformed("unexpected " + token);
        };
    }

    private Node object(int depth, int line, int column) {
        budget.depth(depth, line, column);
        Map<String, Node.Field> fields = new LinkedHashMap<>();
        List<Node.Field> repeated = new ArrayList<>();
        int height = 0;
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
            int keyLine = line();
            int keyColumn = column();
            budget.items(fields.size() + repeated.size() + 1, keyLine, keyColumn);
            if (!Quote.isWhole(key)) {
                throw malformed("a key has half a surrogate pair");
            }
            parser.nextToken();
            Node value = node(depth);
            height = Math.max(height, value.height());
            Node.Field field = new Node.Field(key, keyLine, keyColumn, value);
            if (fields.putIfAbsent(key, field) != null) {
                repeated.add(field);
            }
        }
        return new Node.Fields(fields, repeated, height + 1, line, column);
    }

    private Node list(int depth, int line, int column) {
        budget.depth(depth, line, column);
        List<Node> items = new ArrayList<>();
        int height = 0;
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            budget.items(items.size() + 1, line(), column());
            Node item = node(depth);
            height = Math.max(height, item.height());
            items.add(item);
        }
        return new Node.Items(items, height + 1, line, column);
    }

    private int line() {
        return Math.max(1, parser.currentTokenLocation().getLineNr());
    }

    private int column() {
        return Math.max(1, parser.currentTokenLocation().getColumnNr());
    }
}
