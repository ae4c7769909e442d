package io.auterity.compile;

import io.auterity.expression.Environment;
import io.auterity.expression.Expression;
import io.auterity.expression.ExpressionException;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The names that an expression reads, found by compiling it where every name is declared and nothing has a type. */
final class Reads implements Environment.Resolver {

    private static final Environment.Variable ANYTHING = new Environment.Variable(0, Type.ANY);

    private final Set<String> names = new LinkedHashSet<>();

    private Reads() {}

    static Set<String> of(String source, boolean template) {
        Reads reads = new Reads();
        Environment environment = Environment.of(reads);
        try {
            if (template) {
                Template.compile(source, environment);
            } else {
                Expression.compile(source, environment);
            }
        } catch (ExpressionException e) {
            return reads.names; // the check that follows reports what is wrong
        }
        return reads.names;
    }

    @Override
    public Optional<Environment.Variable> resolve(String name) {
        names.add(name);
        return Optional.of(ANYTHING);
    }

    @Override
    public Collection<String> names(String prefix) {
        return List.of();
    }
}
