package io.auterity.expression;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The nodes that find a value: in a variable, a macro variable, a field or an element. */
final class PathNodes {
    private PathNodes() {}

    /** The value of a key: absent when the container is absent or null or lacks the key. */
    private static @Nullable Object field(@Nullable Object container, String key, int at) {
        if (container instanceof Map<?, ?> map) {
            Object value = map.get(key);
            return value != null || map.containsKey(key) ? value : Bindings.ABSENT;
        }
        if (container == null || container == Bindings.ABSENT) {
            return Bindings.ABSENT;
        }
        throw new Fault(EvaluationException.Code.TYPE, at, Values.described(container) + " has no field '" + key + "'");
    }

    /** A variable and the fields selected from it. */
    static final class Path extends Node {
        private static final String[] NO_KEYS = {};

        private final int slot;
        private final String name;
        private final String[] keys;

        private Path(int at, int slot, String name) {
            this(at, slot, name, NO_KEYS);
        }

        static Node of(int at, int slot, String name) {
            return new Path(at, slot, name);
        }

        private Path(int at, int slot, String name, String[] keys) {
            super(at);
            this.slot = slot;
            this.name = name;
            this.keys = keys;
        }

        Path plus(int keyAt, String key) {
            String[] longer = Arrays.copyOf(keys, keys.length + 1);
            longer[keys.length] = key;
            return new Path(keyAt, slot, name, longer);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            Object value = frame.bindings.get(slot);
            for (String key : keys) {
                if (value instanceof Map<?, ?> map) {
                    Object next = map.get(key);
                    if (next == null && !map.containsKey(key)) {
                        throw absent(key);
                    }
                    value = next;
                } else {
                    throw noField(value, key);
                }
            }
            if (value == Bindings.ABSENT) {
                throw absent(null);
            }
            return value;
        }

        private Fault noField(@Nullable Object value, String key) {
            if (value == Bindings.ABSENT) {
                return absent(null);
            }
            return value == null
                    ? new Fault(
                            EvaluationException.Code.ABSENT,
                            at,
                            "'" + upTo(key) + "' is absent, it would be a field of null",
                            withDefault())
                    : type(Values.described(value) + " has no field '" + key + "' (reading '" + upTo(key) + "')");
        }

        /** Says that the path breaks off at a key, or that the variable itself is missing. */
        private Fault absent(@Nullable String key) {
            return absent("'" + (key == null ? name : upTo(key)) + "'", withDefault());
        }

        private String withDefault() {
            return "use 'coalesce(" + upTo(null) + ", ...)'";
        }

        /** The path as it would be written, to its end or as far as a key. */
        private String upTo(@Nullable String key) {
            StringBuilder path = new StringBuilder(name);
            for (String part : keys) {
                if (isName(part)) {
                    path.append('.').append(part);
                } else {
                    path.append("['")
                            .append(part.replace("\\", "\\\\").replace("'", "\\'"))
                            .append("']");
                }
                if (part == key) {
                    break;
                }
            }
            return path.toString();
        }

        private static boolean isName(String key) {
            for (int i = 0; i < key.length(); i++) {
                if (i == 0 ? !Lexer.isNameStart(key.charAt(i)) : !Lexer.isNamePart(key.charAt(i))) {
                    return false;
                }
            }
            return !key.isEmpty();
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            Object value = frame.bindings.get(slot);
            for (String key : keys) {
                value = field(value, key, at);
            }
            return value;
        }
    }

    /** A variable of a macro. */
    static final class Local extends Node {
        private final int index;

        private Local(int at, int index) {
            super(at);
            this.index = index;
        }

        static Node of(int at, int index) {
            return new Local(at, index);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            return frame.locals[index];
        }
    }

    /** A field of any value. */
    static final class Field extends Node {
        private final Node operand;
        private final String key;

        private Field(int at, Node operand, String key) {
            super(at);
            this.operand = operand;
            this.key = key;
        }

        static Node of(int at, Node operand, String key) {
            return new Field(at, operand, key);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            Object container = operand.eval(frame);
            if (container instanceof Map<?, ?> map) {
                Object value = map.get(key);
                if (value != null) {
                    return value;
                }
            }
            Object value = field(container, key, at);
            if (value == Bindings.ABSENT) {
                throw absent("field '" + key + "'", "use '.?" + key + ".orValue(...)'");
            }
            return value;
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            return field(operand.evalOptional(frame), key, at);
        }
    }

    /** An element of a list by position, or of a map by key. */
    static final class Element extends Node {
        private static final String WITH_DEFAULT = "use '[?...].orValue(...)'";

        private final Node operand;
        private final Node index;

        private Element(int at, Node operand, Node index) {
            super(at);
            this.operand = operand;
            this.index = index;
        }

        static Node of(int at, Node operand, Node index) {
            return new Element(at, operand, index);
        }

        @Override
        @Nullable
        Object eval(Frame frame) {
            Object container = operand.eval(frame);
            Object key = index.eval(frame);
            Object value = find(container, key);
            if (value == Bindings.ABSENT) {
                if (container instanceof List<?> list) {
                    throw new Fault(
                            EvaluationException.Code.INDEX,
                            at,
                            "index out of range in a list of " + list.size(),
                            WITH_DEFAULT);
                }
                throw absent(container == null ? "an element of null" : "a key of the map", WITH_DEFAULT);
            }
            return value;
        }

        @Override
        @Nullable
        Object evalOptional(Frame frame) {
            Object container = operand.evalOptional(frame);
            return container == Bindings.ABSENT ? container : find(container, index.eval(frame));
        }

        private @Nullable Object find(@Nullable Object container, @Nullable Object key) {
            if (container instanceof List<?> list) {
                long position = Values.toLong(key, index.at);
                return position < 0 || position >= list.size() ? Bindings.ABSENT : list.get((int) position);
            }
            if (container == null) {
                return Bindings.ABSENT;
            }
            if (container instanceof Map) {
                return field(container, Values.toText(key, index.at), at);
            }
            throw type(Values.described(container) + " has no elements");
        }
    }
}
