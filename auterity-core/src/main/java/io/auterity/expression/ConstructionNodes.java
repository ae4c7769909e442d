package io.auterity.expression;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The nodes that make lists and maps. */
final class ConstructionNodes {
    private ConstructionNodes() {}

    /** {@code [elements]}; optional elements that are absent are left out. */
    static final class ListOf extends Node {
        private final Node[] elements;
        private final boolean[] optional;

        private ListOf(int at, Node[] elements, boolean[] optional) {
            super(at);
            this.elements = elements;
            this.optional = optional;
        }

        static Node of(int at, Node[] elements, boolean[] optional) {
            return new ListOf(at, elements, optional);
        }

        @Override
        long leastElements() {
            long least = 0;
            for (boolean mayBeLeftOut : optional) {
                least += mayBeLeftOut ? 0 : 1;
            }
            return least;
        }

        @Override
        Object eval(Frame frame) {
            List<Object> list = new ArrayList<>(elements.length);
            for (int i = 0; i < elements.length; i++) {
                Object value = optional[i] ? elements[i].evalOptional(frame) : elements[i].eval(frame);
                if (value != Bindings.ABSENT) {
                    list.add(value);
                }
            }
            return list;
        }
    }

    /** <code>{keys: values}</code>; optional entries whose value is absent are left out. */
    static final class MapOf extends Node {
        private final Node[] keys;
        private final Node[] values;
        private final boolean[] optional;

        private MapOf(int at, Node[] keys, Node[] values, boolean[] optional) {
            super(at);
            this.keys = keys;
            this.values = values;
            this.optional = optional;
        }

        static Node of(int at, Node[] keys, Node[] values, boolean[] optional) {
            return new MapOf(at, keys, values, optional);
        }

        @Override
        Object eval(Frame frame) {
            Map<String, Object> map = new LinkedHashMap<>(keys.length * 2);
            for (int i = 0; i < keys.length; i++) {
                String key = Values.toText(keys[i].eval(frame), keys[i].at);
                Object value = optional[i] ? values[i].evalOptional(frame) : values[i].eval(frame);
                if (map.containsKey(key)) {
                    throw new Fault(EvaluationException.Code.ARGUMENT, keys[i].at, "a key stands twice in a map");
                }
                if (value != Bindings.ABSENT) {
                    map.put(key, value);
                }
            }
            return map;
        }
    }
}
