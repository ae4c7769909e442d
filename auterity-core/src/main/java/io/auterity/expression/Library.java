package io.auterity.expression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * All functions by name; methods stand under their name with a dot in front.
 *
 * <p>What runs before the first result of the engine joins texts with {@code concat} and passes no lambdas: the first
 * use of either construct in a JVM takes longer than everything else here.
 */
final class Library {
    static final Library STANDARD = new Library(List.of(
            new TextFunctions(),
            new MathFunctions(),
            new ListFunctions(),
            new TimeFunctions(),
            new ConversionFunctions(),
            new JsonFunctions()));

    private static final Set<String> NAMESPACES = Set.of("math", "json", "lists", "optional");

    private final Map<String, List<Overload>> overloads = new HashMap<>();

    private Library(List<Functions> families) {
        for (Functions family : families) {
            for (Overload overload : family.overloads()) {
                String key = overload.method() ? ".".concat(overload.name()) : overload.name();
                List<Overload> known = overloads.get(key);
                if (known == null) {
                    known = new ArrayList<>(1);
                    overloads.put(key, known);
                }
                known.add(overload);
            }
        }
    }

    static boolean isNamespace(String name) {
        return NAMESPACES.contains(name);
    }

    List<Overload> functions(String name) {
        return overloads.getOrDefault(name, List.of());
    }

    List<Overload> methods(String name) {
        return overloads.getOrDefault(".".concat(name), List.of());
    }

    /** The names of all methods, or of all functions that are called by name. */
    List<String> names(boolean methods) {
        List<String> names = new ArrayList<>();
        for (String key : overloads.keySet()) {
            if (key.startsWith(".") == methods) {
                names.add(methods ? key.substring(1) : key);
            }
        }
        names.sort(null);
        return names;
    }
}
