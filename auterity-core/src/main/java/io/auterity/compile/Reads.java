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
    private static final Environment.Variable TEXT = new Environment.Variable(0, Type.STRING);
    private static final String STEPS = "steps.";
    private static final String SECRETS = "secrets.";

    private final View view;
    private final Set<String> names = new LinkedHashSet<>();
    private final Set<String> secrets = new LinkedHashSet<>();

    private Reads(View view) {
        this.view = view;
    }

    static Set<String> of(View view, String source, boolean template) {
        Reads reads = new Reads(view);
        Environment environment = Environment.of(reads);
        try {
            Set<String> paths = template
                    ? Template.optional(source, environment).reads()
                    : Expression.compile(source, environment).reads();
            paths.stream()
                    .filter(path -> isStep(path) || path.startsWith(SECRETS))
                    .forEach(reads.names::add);
        } catch (ExpressionException e) { // the check that follows reports what is wrong
            reads.secrets.stream().filter(reads::isWhole).forEach(reads.names::add);
        }
        return reads.names;
    }

    /** Whether a name is that of a step with nothing after it. */
    static boolean isStep(String name) {
        return name.startsWith(STEPS) && name.indexOf('.', STEPS.length()) < 0;
    }

    /** Returns the step that such a name names. */
    static String step(String name) {
        return name.substring(STEPS.length());
    }

    /** Whether a secret that was asked for is not only the first half of the name of another. */
    private boolean isWhole(String secret) {
        return secrets.stream().noneMatch(other -> other.startsWith(secret + "-"));
    }

    @Override
    public Optional<Environment.Variable> resolve(String name) {
        if (isStep(name)) {
            return Optional.empty(); // a step is no value, and perhaps this is only the first half of its name
        }
        if (name.startsWith(SECRETS)) {
            secrets.add(name);
            return Optional.of(TEXT); // which decides how a name with dashes is read
        }
        names.add(name);
        return Optional.of(ANYTHING);
    }

    /** Says which steps there are, so that a name with dashes is read as one here as it is later. */
    @Override
    public Collection<String> names(String prefix) {
        boolean isKnown = isStep(prefix) && Lookup.find(view, step(prefix)) != null;
        return isKnown || prefix.equals("steps") ? Names.OF_STEP : List.of();
    }
}
