package io.auterity.broken.expression;

/** Reaches for a method by its name. */
final class Reflects {
    Object reach(Object host, String name) throws ReflectiveOperationException {
        return host.getClass().getMethod(name).invoke(host);
    }
}
