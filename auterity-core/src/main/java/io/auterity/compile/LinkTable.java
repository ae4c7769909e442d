package io.auterity.compile;

import io.auterity.plan.Plan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The numbers of operations, functions and secrets, given out as they are met. */
final class LinkTable {

    private final Map<String, Integer> operations = new LinkedHashMap<>();
    private final Map<String, Integer> functions = new LinkedHashMap<>();
    private final Map<String, Integer> secrets = new LinkedHashMap<>();

    int operation(String name) {
        return number(operations, name);
    }

    int function(String path) {
        return number(functions, path);
    }

    int secret(String name) {
        return number(secrets, name);
    }

    private static int number(Map<String, Integer> numbers, String name) {
        Integer known = numbers.putIfAbsent(name, numbers.size());
        return known == null ? numbers.size() - 1 : known;
    }

    Plan.Links links() {
        return new Plan.Links(list(operations), list(functions), list(secrets));
    }

    private static List<String> list(Map<String, Integer> numbers) {
        return new ArrayList<>(numbers.keySet());
    }
}
