package io.auterity.expression;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The variables an expression may read.
 *
 * <p>A variable's name may have several parts ({@code steps.score.output}); in a chain of selections the longest prefix
 * that is declared is the variable and the rest are fields of it. An environment does not list its variables but asks a
 * {@link Resolver}, so that a definition with 10,000 steps needs one resolver and not 10,000 copied maps; a child
 * environment asks its own resolver first and its parent next.
 *
 * <p>Immutable and safe for use by any thread as long as its resolvers are.
 */
public final class Environment {
    private static final Environment EMPTY = new Environment(new Declared(Map.of()), null);

    private final Resolver resolver;
    private final @org.jspecify.annotations.Nullable Environment parent;

    private Environment(Resolver resolver, @org.jspecify.annotations.Nullable Environment parent) {
        this.resolver = resolver;
        this.parent = parent;
    }

    /**
     * A declared variable.
     *
     * @param slot where {@link Bindings} find its value, at least 0
     * @param type its type; an {@link Type.OptionalType} for one that may be absent
     */
    public record Variable(int slot, Type type) {
        /** Checks the components. */
        public Variable {
            if (slot < 0) {
                throw new IllegalArgumentException("slot must be at least 0, but is " + slot);
            }
            Objects.requireNonNull(type, "type");
        }
    }

    /** Knows variables by name; called only while an expression is compiled. */
    public interface Resolver {
        /**
         * Looks a variable up.
         *
         * @param name its full name, such as {@code steps.score.output}
         * @return the variable, or empty when the name is not declared
         */
        Optional<Variable> resolve(String name);

        /**
         * Lists what may stand next after a prefix, to suggest the closest name in a problem.
         *
         * @param prefix empty for the first parts of all names, else some whole parts, such as {@code steps}
         * @return the next parts of the names that begin with the prefix and a dot, such as {@code score}
         */
        Collection<String> names(String prefix);
    }

    /** Collects variables that are known by name beforehand; not safe for use by several threads. */
    public static final class Builder {
        private final Map<String, Variable> variables = new LinkedHashMap<>();
        private final @org.jspecify.annotations.Nullable Environment parent;

        private Builder(@org.jspecify.annotations.Nullable Environment parent) {
            this.parent = parent;
        }

        /**
         * Declares a variable.
         *
         * @param name its name; parts are separated by dots
         * @param slot where {@link Bindings} find its value
         * @param type its type
         * @return this builder
         */
        public Builder variable(String name, int slot, Type type) {
            variables.put(name, new Variable(slot, type));
            return this;
        }

        /**
         * Builds the environment.
         *
         * @return an environment with the variables declared so far
         */
        public Environment build() {
            return new Environment(new Declared(new LinkedHashMap<>(variables)), parent);
        }
    }

    private record Declared(Map<String, Variable> variables) implements Resolver {
        @Override
        public Optional<Variable> resolve(String name) {
            return Optional.ofNullable(variables.get(name));
        }

        @Override
        public Collection<String> names(String prefix) {
            String start = prefix.isEmpty() ? "" : prefix + ".";
            Set<String> names = new LinkedHashSet<>();
            for (String name : variables.keySet()) {
                if (name.startsWith(start)) {
                    int end = name.indexOf('.', start.length());
                    names.add(name.substring(start.length(), end < 0 ? name.length() : end));
                }
            }
            return names;
        }
    }

    /**
     * Returns the environment without variables.
     *
     * @return the empty environment
     */
    public static Environment empty() {
        return EMPTY;
    }

    /**
     * Returns an environment whose variables a function knows.
     *
     * @param resolver finds variables by name
     * @return the environment
     */
    public static Environment of(Resolver resolver) {
        return new Environment(Objects.requireNonNull(resolver, "resolver"), null);
    }

    /**
     * Starts an environment whose variables are declared one by one.
     *
     * @return a builder without variables
     */
    public static Builder builder() {
        return new Builder(null);
    }

    /**
     * Starts a child of this environment with further variables, which hide those of the same name here.
     *
     * @return a builder without variables of its own
     */
    public Builder extend() {
        return new Builder(this);
    }

    /**
     * Returns a child of this environment, in which a function is asked first.
     *
     * @param inner finds further variables, which hide those of the same name here
     * @return the child environment
     */
    public Environment child(Resolver inner) {
        return new Environment(Objects.requireNonNull(inner, "inner"), this);
    }

    /**
     * Looks a variable up, from the innermost environment outwards.
     *
     * @param name its full name
     * @return the variable, or empty when the name is not declared
     */
    public Optional<Variable> resolve(String name) {
        for (Environment scope = this; scope != null; scope = scope.parent) {
            Optional<Variable> found = scope.resolver.resolve(name);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    /**
     * Lists what may stand next after a prefix, in this environment and its parents.
     *
     * @param prefix empty, or some whole parts of a name
     * @return the next parts, without duplicates
     */
    public Set<String> names(String prefix) {
        Set<String> names = new LinkedHashSet<>();
        for (Environment scope = this; scope != null; scope = scope.parent) {
            names.addAll(scope.resolver.names(prefix));
        }
        return names;
    }
}
