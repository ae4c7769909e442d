package io.auterity.expression;

import java.util.List;

/**
 * One way to call a function: its parameters, its result and who computes it.
 *
 * @param name the name; a function in a namespace has it in front, as in {@code math.abs}
 * @param method whether it is called on its first parameter, as in {@code text.trim()}
 * @param parameters the types it takes, the target of a method first
 * @param required how many of them must be given
 * @param variadic whether any number of arguments of the last type may be given
 * @param result the type of its value, as far as it does not depend on the arguments
 * @param family who computes it
 * @param operation which of the family's functions it is
 */
record Overload(
        String name,
        boolean method,
        List<Type> parameters,
        int required,
        boolean variadic,
        Type result,
        Functions family,
        int operation) {
    Overload optional(int count) {
        return new Overload(name, method, parameters, parameters.size() - count, variadic, result, family, operation);
    }

    Overload withVariableArguments() {
        return new Overload(name, method, parameters, parameters.size(), true, result, family, operation);
    }

    boolean takes(int count) {
        return count >= required && (variadic || count <= parameters.size());
    }

    Type parameter(int index) {
        return parameters.get(Math.min(index, parameters.size() - 1));
    }

    /** How to call it, for messages: {@code substring(string, integer[, integer])}. */
    String signature() {
        StringBuilder text = new StringBuilder();
        int first = 0;
        if (method) {
            text.append(parameters.get(0)).append('.');
            first = 1;
        }
        text.append(name).append('(');
        for (int i = first; i < parameters.size(); i++) {
            text.append(i >= required ? "[" : "").append(i > first ? ", " : "").append(parameters.get(i));
        }
        text.append("]".repeat(parameters.size() - required));
        return text.append(variadic ? ", ...)" : ")").toString();
    }
}
