package io.auterity.connector;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How the values of one Java type look in JSON: read from it, written to it, described by a schema. */
interface Shape {

    /**
     * Reads a JSON value.
     *
     * @return the Java value; without meaning when the reading has noted a problem
     */
    @Nullable
    Object read(@Nullable Object json, Reading reading);

    /** Writes a Java value, which is never null, as JSON. */
    @Nullable
    Object write(Object value);

    /** Describes the JSON, as a JSON Schema that may be changed. */
    Map<String, Object> schema(Definitions definitions);

    /** The types under way while a schema grows: one met inside itself becomes a named definition. */
    final class Definitions {

        private final Map<Object, String> names = new HashMap<>();
        private final Set<Object> open = new LinkedHashSet<>();
        private final Map<String, Object> recursive = new LinkedHashMap<>();

        /** Begins a type; when that returns false it is already under way, and a reference stands for it. */
        boolean begin(Object type) {
            return open.add(type);
        }

        /** Ends a type. */
        void end(Object type, Map<String, Object> schema) {
            open.remove(type);
            String name = names.get(type);
            if (name != null) {
                recursive.put(name, new LinkedHashMap<>(schema));
            }
        }

        Map<String, Object> reference(Object type, String simpleName) {
            String name = names.get(type);
            if (name == null) {
                name = simpleName;
                for (int i = 2; names.containsValue(name); i++) {
                    name = simpleName + i;
                }
                names.put(type, name);
            }
            Map<String, Object> schema = new LinkedHashMap<>();
            schema.put("$ref", "#/$defs/" + name);
            return schema;
        }

        /** Adds the named definitions to the schema of the outermost type. */
        Map<String, Object> finish(Map<String, Object> root) {
            if (!recursive.isEmpty()) {
                root.put("$defs", new LinkedHashMap<>(recursive));
            }
            return root;
        }
    }
}
