package io.auterity.connector;

import io.auterity.definition.Closest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A closed family of records, told apart by the property {@code type}. */
final class SealedShape implements Shape {

    private static final String TYPE = "type";

    private final Class<?> family;
    private final Map<String, RecordShape> members = new LinkedHashMap<>();

    SealedShape(Class<?> family, JsonTypes types) {
        this.family = family;
        collect(family, types);
    }

    private void collect(Class<?> branch, JsonTypes types) {
        for (Class<?> member : branch.getPermittedSubclasses()) {
            if (member.isRecord()) {
                members.put(member.getSimpleName(), new RecordShape(member, Map.of(), types));
            } else if (member.isSealed()) {
                collect(member, types);
            } else {
                throw new IllegalArgumentException(family.getName() + " has the member " + member.getName()
                        + ", which is no record and so cannot be JSON");
            }
        }
    }

    @Override
    public @Nullable Object read(@Nullable Object json, Reading reading) {
        if (family.isInstance(json)) {
            return json;
        }
        if (!(json instanceof Map<?, ?> object)) {
            return reading.expected("an object", json);
        }
        if (!(object.get(TYPE) instanceof String name)) {
            return reading.at(TYPE).problem("is missing; known: " + String.join(", ", members.keySet()));
        }
        RecordShape member = members.get(name);
        return member == null
                ? reading.at(TYPE).problem("'" + name + "' is no choice; " + Closest.fix(name, members.keySet()))
                : member.read(json, reading, TYPE);
    }

    @Override
    public Object write(Object value) {
        String name = value.getClass().getSimpleName();
        RecordShape member = members.get(name);
        if (member == null) {
            throw new IllegalArgumentException(value.getClass().getName() + " is no member of " + family.getName());
        }
        Map<String, Object> object = new LinkedHashMap<>();
        object.put(TYPE, name);
        member.writeInto(object, value);
        return Collections.unmodifiableMap(object);
    }

    @Override
    public Map<String, Object> schema(Definitions definitions) {
        if (!definitions.begin(family)) {
            return definitions.reference(family, family.getSimpleName());
        }
        List<Object> choices = new ArrayList<>();
        members.forEach((name, member) -> choices.add(choice(name, member.schema(definitions))));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("oneOf", choices);
        definitions.end(family, schema);
        return schema;
    }

    private static Map<String, Object> choice(String name, Map<String, Object> body) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put(TYPE, Map.of("const", name));
        if (body.get("properties") instanceof Map<?, ?> own) {
            own.forEach((key, value) -> properties.put((String) key, value));
        }
        List<Object> required = new ArrayList<>(List.of(TYPE));
        if (body.get("required") instanceof List<?> own) {
            required.addAll(own);
        }
        Map<String, Object> choice = new LinkedHashMap<>(body);
        choice.put("properties", properties);
        choice.put("required", required);
        return choice;
    }
}
