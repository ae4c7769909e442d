package io.auterity.definition;

import io.auterity.definition.Problem.Position;
import java.util.Optional;

/**
 * Where the parts of a definition stand in the text it was read from.
 *
 * <p>A part is named by its path in the text: keys and list indexes joined by {@code /}, as in
 * {@code steps/score/with/url} or {@code steps/tier/switch/0/if}; a {@code /} inside a key is written {@code ~1} and a
 * {@code ~} as {@code ~0} (RFC 6901). Nested blocks lie where they are written: {@code steps/each/steps/greet},
 * {@code steps/poll/repeat/steps/ask}, {@code steps/first/race/left}, {@code steps/safe/try/steps/call},
 * {@code steps/safe/catch/steps/tell}, {@code steps/call/undo/with}, {@code steps/call/onError/fallback}.
 *
 * <p>Immutable and safe for all threads.
 */
public final class Positions {

    /** The positions of a definition that was made in Java: none. */
    public static final Positions NONE = new Positions("", Optional.empty());

    private final String file;
    private final Optional<Node> root;

    private Positions(String file, Optional<Node> root) {
        this.file = file;
        this.root = root;
    }

    static Positions of(String file, Node root) {
        return new Positions(file, Optional.of(root));
    }

    /**
     * Finds a part: where its value begins when that is a text, a number or another single value, otherwise where its key
     * stands.
     *
     * @param path the path of the part; empty for the whole text
     * @return its position, or that of the nearest part around it that is written; empty without a text
     */
    public Optional<Position> at(String path) {
        if (root.isEmpty()) {
            return Optional.empty();
        }
        Node node = root.get();
        Position position = new Position(file, node.line(), node.column());
        if (path.isEmpty()) {
            return Optional.of(position);
        }
        for (String segment : path.split("/", -1)) {
            if (node instanceof Node.Fields object) {
                String key = segment.replace("~1", "/").replace("~0", "~");
                Node.Field field = object.fields().get(key);
                if (field == null && key.equals("properties")) {
                    continue; // left out by the short form of a schema
                }
                field = field == null ? object.fields().get(key + SchemaShorthand.OPTIONAL) : field;
                if (field == null) {
                    break;
                }
                node = field.value();
                position = isSingle(node)
                        ? new Position(file, node.line(), node.column())
                        : new Position(file, field.line(), field.column());
            } else if (node instanceof Node.Items list) {
                int index = index(segment);
                if (index < 0 || index >= list.items().size()) {
                    break;
                }
                node = list.items().get(index);
                position = new Position(file, node.line(), node.column());
            } else {
                break;
            }
        }
        return Optional.of(position);
    }

    private static boolean isSingle(Node node) {
        return node instanceof Node.Scalar scalar && scalar.value() != null;
    }

    private static int index(String segment) {
        boolean digits =
                !segment.isEmpty() && segment.length() < 9 && segment.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits ? Integer.parseInt(segment) : -1;
    }
}
