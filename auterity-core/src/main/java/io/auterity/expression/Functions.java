package io.auterity.expression;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A family of functions.
 *
 * <p>A family declares its overloads as a table and computes them in one switch. That keeps the start of the engine
 * short: a class or a lambda for each of the hundred functions would cost more than all of their tables.
 */
abstract class Functions {
    static final Type LIST = Type.list(Type.ANY);
    static final Type MAP = Type.map(Type.ANY);
    static final Type ORDERED = Type.union(Type.BOOLEAN, Type.NUMBER, Type.STRING, Type.TIMESTAMP, Type.DURATION);

    private final List<Overload> overloads = new ArrayList<>();

    final List<Overload> overloads() {
        return overloads;
    }

    /** Declares a function that is called by its name. */
    final Overload function(String name, int operation, Type result, Type... parameters) {
        return new Overload(name, false, List.of(parameters), parameters.length, false, result, this, operation);
    }

    /** Declares a function that is called on its first parameter. */
    final Overload method(String name, int operation, Type result, Type... parameters) {
        return new Overload(name, true, List.of(parameters), parameters.length, false, result, this, operation);
    }

    final void add(Overload... more) {
        overloads.addAll(List.of(more));
    }

    /** The operation for arguments of these types, when they matter. */
    int operation(int operation, List<Type> arguments) {
        return operation;
    }

    /** The type of the result for arguments of these types. */
    Type result(Overload overload, List<Type> arguments) {
        return overload.result();
    }

    /** Computes a function; arguments that were not given are null. */
    abstract @Nullable Object apply(
            int operation, Frame frame, @Nullable Object a, @Nullable Object b, @Nullable Object c, @Nullable Object d);

    static String text(Frame frame, @Nullable Object value) {
        return Values.toText(value, frame.at);
    }

    static List<?> list(Frame frame, @Nullable Object value) {
        return Values.toList(value, frame.at);
    }

    /** A position or count as an int, with anything out of range at its ends. */
    static int index(Frame frame, @Nullable Object value) {
        long index = Values.toLong(value, frame.at);
        return (int) Math.max(-1, Math.min(Integer.MAX_VALUE, index));
    }
}
