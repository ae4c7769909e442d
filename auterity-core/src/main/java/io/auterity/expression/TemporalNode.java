package io.auterity.expression;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the texts of a value as the timestamps and durations its type says they are.
 *
 * <p>JSON has no times, so data carries them as texts, and a value that is only passed on stays the text it was. The
 * checker puts this node where a value is compared, ordered or computed with.
 */
final class TemporalNode extends Node {
    private static final int MAX_TYPE_DEPTH = 8;

    private final Node operand;
    private final Type type;
    private final boolean strict;

    private TemporalNode(Node operand, Type type, boolean strict) {
        super(operand.at);
        this.operand = operand;
        this.type = type;
        this.strict = strict;
    }

    /** Reads an operand of the type; a text that should be a time and is none is an error. */
    static Node of(Node operand, Type type) {
        return mentionsTime(type, 0) ? new TemporalNode(operand, type, true) : operand;
    }

    /** Reads an operand of unknown type as if it were of this one; a text that is no time stays the text it is. */
    static Node guess(Node operand, Type type) {
        return new TemporalNode(operand, type, false);
    }

    private static boolean mentionsTime(Type type, int depth) {
        if (type instanceof Type.Scalar scalar) {
            return scalar.kind().isTemporal();
        }
        return !(type instanceof Type.Any) && new TimeSearch().mentionsTime(type, depth);
    }

    /** Looks for times in a type, into each recursive definition once. */
    private static final class TimeSearch {
        private final Set<Type> seen = new HashSet<>(0);

        boolean mentionsTime(Type type, int depth) {
            if (type instanceof Type.Any || depth > MAX_TYPE_DEPTH) {
                return false;
            }
            if (type instanceof Type.Scalar scalar) {
                return scalar.kind().isTemporal();
            }
            if (type instanceof Type.ListType list) {
                return mentionsTime(list.element(), depth + 1);
            }
            if (type instanceof Type.MapType map) {
                return mentionsTime(map.value(), depth + 1);
            }
            if (type instanceof Type.ObjectType object) {
                return anyMentionsTime(object.fields().values(), depth) || mentionsTime(object.extraType(), depth + 1);
            }
            if (type instanceof Type.Reference && !seen.add(type)) {
                return false;
            }
            if (type instanceof Type.UnionType union) {
                return anyMentionsTime(union.parts(), depth);
            }
            return anyMentionsTime(type.alternatives(), depth);
        }

        private boolean anyMentionsTime(Iterable<Type> types, int depth) {
            for (Type type : types) {
                if (mentionsTime(type, depth + 1)) {
                    return true;
                }
            }
            return false;
        }
    }

    @Override
    @Nullable
    Object eval(Frame frame) {
        return convert(operand.eval(frame), type, frame, 0);
    }

    @Override
    @Nullable
    Object evalOptional(Frame frame) {
        Object value = operand.evalOptional(frame);
        return value == Bindings.ABSENT ? value : convert(value, type, frame, 0);
    }

    private @Nullable Object convert(@Nullable Object value, Type as, Frame frame, int depth) {
        if (value instanceof String text) {
            return scalar(text, as);
        }
        if (!(value instanceof List) && !(value instanceof Map) || !mentionsTime(as, depth)) {
            return value;
        }
        for (Type alternative : as.alternatives()) {
            if (value instanceof List<?> list && alternative instanceof Type.ListType elements) {
                frame.charge((long) list.size());
                List<Object> converted = new ArrayList<>(list.size());
                for (Object element : list) {
                    converted.add(convert(element, elements.element(), frame, depth + 1));
                }
                return converted;
            }
            if (value instanceof Map<?, ?> map && !(alternative instanceof Type.ListType)) {
                frame.charge((long) map.size());
                Map<Object, Object> converted = new LinkedHashMap<>();
                for (Map.Entry<?, ?> entry : map.entrySet()) {
                    Type field = fieldOf(alternative, entry.getKey());
                    converted.put(entry.getKey(), convert(entry.getValue(), field, frame, depth + 1));
                }
                return converted;
            }
        }
        return value;
    }

    private static Type fieldOf(Type type, @Nullable Object name) {
        if (type instanceof Type.MapType map) {
            return map.value();
        }
        if (type instanceof Type.ObjectType object) {
            Type field = object.fields().get(name);
            return field == null ? object.extraType() : field;
        }
        return Type.ANY;
    }

    private Object scalar(String text, Type as) {
        Kind kind = null;
        for (Type alternative : as.alternatives()) {
            if (alternative instanceof Type.Scalar scalar) {
                if (scalar.kind() == Kind.STRING) {
                    return text;
                }
                kind = scalar.kind().isTemporal() ? scalar.kind() : kind;
            }
        }
        if (kind == null) {
            return text;
        }
        try {
            return kind == Kind.TIMESTAMP ? Times.parseTimestamp(text, at) : Times.parseDuration(text, at);
        } catch (Fault noTime) {
            if (strict) {
                throw noTime;
            }
            return text;
        }
    }
}
