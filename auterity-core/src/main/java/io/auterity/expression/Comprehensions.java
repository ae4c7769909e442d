package io.auterity.expression;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.RandomAccess;
import org.jspecify.annotations.Nullable;

/**
 * The macros that visit every element of a list or key of a map.
 *
 * <p>They are the only loops of the language. Each step is charged the size of the macro's body before it runs, so the
 * fuel bounds nested macros whatever their data.
 */
final class Comprehensions {
    private Comprehensions() {}

    /**
     * Where a macro loops and what it binds.
     *
     * @param range the list or map
     * @param first the local that takes the element or key, or the position when there are two locals
     * @param second the local that takes the element or value when there are two, or -1
     * @param cost the fuel of one step
     */
    record Loop(Node range, int first, int second, int cost) {
        Cursor open(Frame frame) {
            Object value = range.eval(frame);
            if (value instanceof List<?> list) {
                return new Cursor(frame, this, list, null);
            }
            if (value instanceof Map<?, ?> map) {
                return new Cursor(frame, this, null, map);
            }
            throw Values.unexpected("list or map", value, range.at);
        }
    }

    /** Steps through a list or map, and binds the locals of the macro. */
    static final class Cursor {
        private final Frame frame;
        private final Loop loop;
        private final @Nullable List<?> list;
        private final @Nullable Iterator<?> iterator;
        private final boolean isMap;
        final int size;
        private int index;
        /** The element, or the key of the entry, that the cursor is at. */
        @Nullable
        Object element;

        private Cursor(Frame frame, Loop loop, @Nullable List<?> list, @Nullable Map<?, ?> map) {
            this.frame = frame;
            this.loop = loop;
            this.isMap = map != null;
            if (map != null) {
                this.list = null;
                this.size = map.size();
                this.iterator = map.entrySet().iterator();
            } else {
                List<?> elements = Objects.requireNonNull(list);
                this.size = elements.size();
                this.list = elements instanceof RandomAccess ? elements : null;
                this.iterator = this.list == null ? elements.iterator() : null;
            }
        }

        boolean next() {
            if (index >= size) {
                return false;
            }
            frame.charge(loop.cost());
            if (list != null) {
                bind((Object) null, list.get(index));
            } else {
                Object next = Objects.requireNonNull(iterator).next();
                if (isMap) {
                    Map.Entry<?, ?> entry = (Map.Entry<?, ?>) Objects.requireNonNull(next);
                    bind(Values.toText(entry.getKey(), loop.range().at), entry.getValue());
                } else {
                    bind(null, next);
                }
            }
            index++;
            return true;
        }

        private void bind(@Nullable Object key, @Nullable Object value) {
            if (loop.second() < 0) {
                element = isMap ? key : value;
                frame.locals[loop.first()] = element;
            } else {
                element = value;
                frame.locals[loop.first()] = isMap ? key : (Object) (long) index;
                frame.locals[loop.second()] = value;
            }
        }

        @Nullable
        Object key() {
            return frame.locals[loop.first()];
        }
    }

    /** {@code all} and {@code exists}, which an element decides even when another one fails. */
    static final class Quantifier extends Node {
        private final Loop loop;
        private final boolean deciding;
        private final Node body;

        private Quantifier(int at, Loop loop, boolean all, Node body) {
            super(at);
            this.loop = loop;
            this.deciding = !all;
            this.body = body;
        }

        static Node of(int at, Loop loop, boolean all, Node body) {
            return new Quantifier(at, loop, all, body);
        }

        @Override
        Object eval(Frame frame) {
            return evalBoolean(frame);
        }

        @Override
        boolean evalBoolean(Frame frame) {
            Cursor cursor = loop.open(frame);
            Fault first = null;
            while (cursor.next()) {
                try {
                    if (body.evalBoolean(frame) == deciding) {
                        return deciding;
                    }
                } catch (Fault fault) {
                    first = LogicNodes.keep(first, fault);
                }
            }
            if (first != null) {
                throw first;
            }
            return !deciding;
        }
    }

    /** {@code exists_one}. */
    static final class ExistsOne extends Node {
        private final Loop loop;
        private final Node body;

        private ExistsOne(int at, Loop loop, Node body) {
            super(at);
            this.loop = loop;
            this.body = body;
        }

        static Node of(int at, Loop loop, Node body) {
            return new ExistsOne(at, loop, body);
        }

        @Override
        Object eval(Frame frame) {
            Cursor cursor = loop.open(frame);
            int count = 0;
            while (cursor.next()) {
                if (body.evalBoolean(frame)) {
                    count++;
                }
            }
            return count == 1;
        }
    }

    /** {@code filter}. */
    static final class Filter extends Node {
        private final Loop loop;
        private final Node body;

        private Filter(int at, Loop loop, Node body) {
            super(at);
            this.loop = loop;
            this.body = body;
        }

        static Node of(int at, Loop loop, Node body) {
            return new Filter(at, loop, body);
        }

        @Override
        Object eval(Frame frame) {
            Cursor cursor = loop.open(frame);
            List<Object> kept = new ArrayList<>();
            while (cursor.next()) {
                if (body.evalBoolean(frame)) {
                    kept.add(cursor.element);
                }
            }
            return kept;
        }
    }

    /** {@code map} and {@code transformList}, with or without a condition. */
    static final class Transform extends Node {
        private final Loop loop;
        private final @Nullable Node condition;
        private final Node body;

        private Transform(int at, Loop loop, @Nullable Node condition, Node body) {
            super(at);
            this.loop = loop;
            this.condition = condition;
            this.body = body;
        }

        static Node of(int at, Loop loop, @Nullable Node condition, Node body) {
            return new Transform(at, loop, condition, body);
        }

        @Override
        Object eval(Frame frame) {
            Cursor cursor = loop.open(frame);
            List<Object> mapped = new ArrayList<>(condition == null ? Math.min(cursor.size, 1024) : 10);
            while (cursor.next()) {
                if (condition == null || condition.evalBoolean(frame)) {
                    mapped.add(body.eval(frame));
                }
            }
            return mapped;
        }
    }

    /** {@code transformMap}: the same keys with other values. */
    static final class TransformMap extends Node {
        private final Loop loop;
        private final @Nullable Node condition;
        private final Node body;

        private TransformMap(int at, Loop loop, @Nullable Node condition, Node body) {
            super(at);
            this.loop = loop;
            this.condition = condition;
            this.body = body;
        }

        static Node of(int at, Loop loop, @Nullable Node condition, Node body) {
            return new TransformMap(at, loop, condition, body);
        }

        @Override
        Object eval(Frame frame) {
            Cursor cursor = loop.open(frame);
            Map<String, Object> mapped = new LinkedHashMap<>();
            while (cursor.next()) {
                if (condition == null || condition.evalBoolean(frame)) {
                    mapped.put(String.valueOf(cursor.key()), body.eval(frame));
                }
            }
            return mapped;
        }
    }

    /** {@code sortBy}: ascending by a key, stable. */
    static final class SortBy extends Node {
        private final Loop loop;
        private final Node body;

        private SortBy(int at, Loop loop, Node body) {
            super(at);
            this.loop = loop;
            this.body = body;
        }

        static Node of(int at, Loop loop, Node body) {
            return new SortBy(at, loop, body);
        }

        @Override
        Object eval(Frame frame) {
            Cursor cursor = loop.open(frame);
            List<Sorting.Keyed> keyed = new ArrayList<>();
            while (cursor.next()) {
                Object element = cursor.element;
                keyed.add(new Sorting.Keyed(body.eval(frame), element));
            }
            frame.at = at;
            return Sorting.sort(keyed, frame);
        }
    }
}
