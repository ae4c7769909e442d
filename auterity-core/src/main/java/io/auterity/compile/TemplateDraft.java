package io.auterity.compile;

import io.auterity.definition.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Compute;
import io.auterity.plan.Scope;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A template on its way to a computation: a constant, a text with expressions, or a list or object of such. */
abstract sealed class TemplateDraft {

    private final Place place;

    private TemplateDraft(Place place) {
        this.place = place;
    }

    static TemplateDraft of(Compilation compilation, View view, Place place, Template template) {
        return of(compilation, view, place, template.json());
    }

    private static TemplateDraft of(Compilation compilation, View view, Place place, @Nullable Object json) {
        if (json instanceof String text) {
            return text.contains("${{") ? new Text(compilation, view, place, text) : new Fixed(place, text);
        }
        if (json instanceof List<?> list) {
            List<TemplateDraft> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(of(compilation, view, place.at(Integer.toString(items.size())), item));
            }
            return items.stream().allMatch(Fixed.class::isInstance)
                    ? new Fixed(place, constants(items))
                    : new Items(place, items);
        }
        if (json instanceof Map<?, ?> map) {
            return fields(compilation, view, place, map);
        }
        return new Fixed(place, json);
    }

    private static TemplateDraft fields(Compilation compilation, View view, Place place, Map<?, ?> map) {
        Map<String, TemplateDraft> fields = new LinkedHashMap<>();
        boolean constant = true;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            String name = (String) entry.getKey();
            TemplateDraft field = of(compilation, view, place.at(name), entry.getValue());
            fields.put(name, field);
            constant &= field instanceof Fixed;
        }
        return constant ? new Fixed(place, map) : new Fields(place, fields);
    }

    private static List<@Nullable Object> constants(List<TemplateDraft> items) {
        List<@Nullable Object> values = new ArrayList<>(items.size());
        for (TemplateDraft item : items) {
            values.add(((Fixed) item).value());
        }
        return Collections.unmodifiableList(values);
    }

    /** Makes the object of the inputs of an operation or workflow; not folded, so that each can be checked. */
    static Fields inputs(Compilation compilation, View view, Place place, Map<String, Template> with) {
        Map<String, TemplateDraft> fields = new LinkedHashMap<>();
        with.forEach((name, template) -> fields.put(name, of(compilation, view, place.at(name), template)));
        return new Fields(place, fields);
    }

    Place place() {
        return place;
    }

    /** Notes what the expressions read. */
    abstract void link();

    /** Checks the expressions and returns the type of the value, which may be optional. */
    abstract Type check();

    /** Whether a problem was found in it, so that nothing can be concluded from its type. */
    abstract boolean isBroken();

    abstract Compute compute();

    /** Computes the value for somebody who passes it on: a whole value stays in the form it is kept in. */
    Compute computeStored() {
        return compute();
    }

    /** The fields of an object, constant or not; null for anything else. */
    @Nullable
    Map<String, TemplateDraft> objectFields() {
        return null;
    }

    /** The items of a list, constant or not; null for anything else. */
    @Nullable
    List<TemplateDraft> listItems() {
        return null;
    }

    /** Checks the expressions where the value must be there. */
    Type required() {
        Type type = check();
        if (type instanceof Type.OptionalType) {
            reportAbsent();
            return Type.ANY;
        }
        return type;
    }

    /** Reports that the value may be absent. */
    abstract void reportAbsent();

    /** A value without expressions. */
    static final class Fixed extends TemplateDraft {
        private final @Nullable Object value;

        private Fixed(Place place, @Nullable Object value) {
            super(place);
            this.value = value;
        }

        @Nullable
        Object value() {
            return value;
        }

        @Override
        @Nullable
        Map<String, TemplateDraft> objectFields() {
            if (!(value instanceof Map<?, ?> map)) {
                return null;
            }
            Map<String, TemplateDraft> fields = new LinkedHashMap<>();
            map.forEach((name, field) -> fields.put((String) name, new Fixed(place().at((String) name), field)));
            return fields;
        }

        @Override
        @Nullable
        List<TemplateDraft> listItems() {
            if (!(value instanceof List<?> list)) {
                return null;
            }
            List<TemplateDraft> items = new ArrayList<>(list.size());
            for (Object item : list) {
                items.add(new Fixed(place().at(Integer.toString(items.size())), item));
            }
            return items;
        }

        @Override
        void link() {
            // reads nothing
        }

        @Override
        Type check() {
            return Type.ofValue(value);
        }

        @Override
        boolean isBroken() {
            return false;
        }

        @Override
        Compute compute() {
            return Compute.constant(value);
        }

        @Override
        void reportAbsent() {
            throw new IllegalStateException("a constant is never absent");
        }
    }

    /** A text with expressions; one that is a single expression keeps its type. */
    static final class Text extends TemplateDraft {
        private final Formula formula;

        private Text(Compilation compilation, View view, Place place, String source) {
            super(place);
            this.formula = Formula.template(compilation, view, place, source);
        }

        @Override
        void link() {
            formula.link();
        }

        @Override
        Type check() {
            return formula.check();
        }

        @Override
        boolean isBroken() {
            return formula.isBroken();
        }

        @Override
        Compute compute() {
            return formula.compute();
        }

        @Override
        Compute computeStored() {
            return formula.computeStored();
        }

        @Override
        void reportAbsent() {
            formula.reportAbsent();
        }
    }

    /** A list of which some items have expressions. */
    static final class Items extends TemplateDraft {
        private final List<TemplateDraft> items;

        private Items(Place place, List<TemplateDraft> items) {
            super(place);
            this.items = items;
        }

        @Override
        List<TemplateDraft> listItems() {
            return items;
        }

        @Override
        void link() {
            items.forEach(TemplateDraft::link);
        }

        @Override
        Type check() {
            List<Type> types = new ArrayList<>(items.size());
            for (TemplateDraft item : items) {
                types.add(item.required());
            }
            return Type.list(Type.union(types));
        }

        @Override
        boolean isBroken() {
            return items.stream().anyMatch(TemplateDraft::isBroken);
        }

        @Override
        Compute compute() {
            return new ComputeList(items.stream().map(TemplateDraft::compute).toArray(Compute[]::new));
        }

        @Override
        void reportAbsent() {
            throw new IllegalStateException("a list is never absent");
        }
    }

    /** An object of which some fields have expressions. */
    static final class Fields extends TemplateDraft {
        private final Map<String, TemplateDraft> fields;

        private Fields(Place place, Map<String, TemplateDraft> fields) {
            super(place);
            this.fields = fields;
        }

        @Override
        Map<String, TemplateDraft> objectFields() {
            return fields;
        }

        @Override
        void link() {
            fields.values().forEach(TemplateDraft::link);
        }

        @Override
        Type check() {
            Type.ObjectBuilder type = Type.object();
            fields.forEach((name, field) -> type.field(name, field.required()));
            return type.build();
        }

        @Override
        boolean isBroken() {
            return fields.values().stream().anyMatch(TemplateDraft::isBroken);
        }

        @Override
        Compute compute() {
            String[] names = fields.keySet().toArray(String[]::new);
            Compute[] values =
                    fields.values().stream().map(TemplateDraft::compute).toArray(Compute[]::new);
            return new ComputeObject(names, values);
        }

        @Override
        void reportAbsent() {
            throw new IllegalStateException("an object is never absent");
        }
    }

    /** Builds a list. */
    private record ComputeList(Compute[] items) implements Compute {
        @Override
        public Object apply(Scope scope) {
            List<@Nullable Object> list = new ArrayList<>(items.length);
            for (Compute item : items) {
                list.add(item.apply(scope));
            }
            return Collections.unmodifiableList(list);
        }
    }

    /** Builds an object; fields whose value is absent are left out. */
    private record ComputeObject(String[] names, Compute[] values) implements Compute {
        @Override
        @SuppressWarnings("NullAway") // JSON objects may hold null
        public Object apply(Scope scope) {
            Map<String, Object> object = new LinkedHashMap<>(names.length * 2);
            for (int field = 0; field < names.length; field++) {
                Object value = values[field].apply(scope);
                if (value != Scope.ABSENT) {
                    object.put(names[field], value);
                }
            }
            return Collections.unmodifiableMap(object);
        }
    }
}
