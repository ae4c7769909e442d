package io.auterity.expression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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
    private final TimePlace place;
    private final boolean strict;

    private TemporalNode(Node operand, TimePlace place, boolean strict) {
        super(operand.at);
        this.operand = operand;
        this.place = place;
        this.strict = strict;
    }

    /** Reads an operand of the type; a text that should be a time and is none is an error. */
    static Node of(Node operand, Type type) {
        return of(operand, type, true);
    }

    /** Reads an operand of unknown type as if it were of this one; a text that is no time stays the text it is. */
    static Node guess(Node operand, Type type) {
        return of(operand, type, false);
    }

    private static Node of(Node operand, Type type, boolean strict) {
        TimePlace place = new TimeSearch().of(type, 0);
        return place == null ? operand : new TemporalNode(operand, place, strict);
    }

    /**
     * Where the times of a type are.
     *
     * @param kind what a text is read as
     * @param element what the elements of a list are read as
     * @param fields what the fields of an object are read as
     * @param others what the other values of an object are read as, or all values of a map
     */
    private record TimePlace(
            @Nullable Kind kind,
            @Nullable TimePlace element,
            Map<String, @Nullable TimePlace> fields,
            @Nullable TimePlace others) {}

    /** Looks for the times of a type once, so that no evaluation has to. */
    private static final class TimeSearch {
        /** A recursive type is looked into once for each depth, though it may be many times within itself. */
        private record Visit(Type type, int depth) {}

        private final Map<Visit, @Nullable TimePlace> visited = new HashMap<>(0);

        /** The places of a type's times, or null if it has none. */
        @Nullable
        TimePlace of(Type type, int depth) {
            if (type instanceof Type.Any || depth > MAX_TYPE_DEPTH) {
                return null;
            }
            if (type instanceof Type.Scalar scalar) {
                return scalar.kind().isTemporal() ? new TimePlace(scalar.kind(), null, Map.of(), null) : null;
            }
            if (!(type instanceof Type.Reference) && !(type instanceof Type.UnionType)) {
                return within(type, depth);
            }
            Visit visit = new Visit(type, depth);
            if (!visited.containsKey(visit)) {
                visited.put(visit, within(type, depth));
            }
            return visited.get(visit);
        }

        private @Nullable TimePlace within(Type type, int depth) {
            Kind kind = null;
            boolean plain = false;
            TimePlace element = null;
            TimePlace others = null;
            Map<String, @Nullable TimePlace> fields = new LinkedHashMap<>(0);
            for (Type alternative : type.alternatives()) {
                if (alternative instanceof Type.Scalar scalar) {
                    plain |= scalar.kind() == Kind.STRING;
                    kind = scalar.kind().isTemporal() ? scalar.kind() : kind;
                } else if (alternative instanceof Type.ListType list) {
                    element = of(list.element(), depth + 1);
                } else if (alternative instanceof Type.MapType map) {
                    others = of(map.value(), depth + 1);
                } else if (alternative instanceof Type.ObjectType object) {
                    others = of(object.extraType(), depth + 1);
                    for (Map.Entry<String, Type> field : object.fields().entrySet()) {
                        TimePlace place = of(field.getValue(), depth + 1);
                        if (place != null || others != null) {
                            fields.put(field.getKey(), place);
                        }
                    }
                }
            }
            kind = plain ? null : kind;
            boolean none = kind == null && element == null && others == null && fields.isEmpty();
            return none ? null : new TimePlace(kind, element, fields, others);
        }
    }

    @Override
    @Nullable
    Object eval(Frame frame) {
        return convert(operand.eval(frame), place, frame);
    }

    @Override
    @Nullable
    Object evalOptional(Frame frame) {
        Object value = operand.evalOptional(frame);
        return value == Bindings.ABSENT ? value : convert(value, place, frame);
    }

    private @Nullable Object convert(@Nullable Object value, @Nullable TimePlace as, Frame frame) {
        if (as == null) {
            return value;
        }
        if (value instanceof String text) {
            return as.kind() == null ? text : time(text, as.kind());
        }
        if (value instanceof List<?> list && as.element() != null) {
            frame.charge((long) list.size());
            List<Object> converted = new ArrayList<>(list.size());
            for (Object element : list) {
                converted.add(convert(element, as.element(), frame));
            }
            return converted;
        }
        if (value instanceof Map<?, ?> map
                && (as.others() != null || !as.fields().isEmpty())) {
            frame.charge((long) map.size());
            Map<Object, Object> converted = new LinkedHashMap<>();
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                Object key = entry.getKey();
                TimePlace field = as.fields().containsKey(key) ? as.fields().get(key) : as.others();
                converted.put(key, convert(entry.getValue(), field, frame));
            }
            return converted;
        }
        return value;
    }

    private Object time(String text, Kind kind) {
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
