package io.auterity.compile;

import io.auterity.expression.Bindings;
import io.auterity.expression.Budget;
import io.auterity.expression.Environment;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.Expression;
import io.auterity.expression.ExpressionException;
import io.auterity.expression.Problem;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Compute;
import io.auterity.plan.Reference;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An expression, or a text with expressions in it, on its way to a computation.
 *
 * <p>A text that is nothing but the name of a whole value, as in {@code ${{ steps.score.output }}}, does not go through
 * the expression engine: it passes the value on untouched, whatever its size.
 */
final class Formula {

    /** The parts are possessive: a group that may be given back takes a frame of the stack for each of them. */
    private static final Pattern NAME_ALONE =
            Pattern.compile("\\s*\\$\\{\\{\\s*((?:steps\\.[A-Za-z_][\\w-]*+|[A-Za-z_]\\w*+)"
                    + "(?:\\.[A-Za-z_]\\w*|\\['[\\w-]+'\\]|\\[\"[\\w-]+\"\\])*+)\\s*\\}\\}\\s*");

    private static final Pattern QUOTED_PART = Pattern.compile("\\[['\"]([\\w-]+)['\"]\\]");

    private final Compilation compilation;
    private final Names names;
    private final View view;
    private final Place place;
    private final String source;
    private final boolean template;
    /** The name that the text is nothing but, with dots between its parts; null if it is something else. */
    private @Nullable String nameAlone;

    private Type type = Type.ANY;
    private boolean checked;
    private boolean broken;
    private boolean constant;
    private @Nullable Object value;
    private @Nullable Compute compute;
    private @Nullable Integer wholeValue;

    private Formula(Compilation compilation, View view, Place place, String source, boolean template) {
        this.compilation = compilation;
        this.names = new Names(compilation, view);
        this.view = view;
        this.place = place;
        this.source = source;
        this.template = template;
        Matcher alone = NAME_ALONE.matcher(source);
        this.nameAlone = template && alone.matches()
                ? QUOTED_PART.matcher(alone.group(1)).replaceAll(".$1")
                : null;
    }

    static Formula template(Compilation compilation, View view, Place place, String source) {
        return new Formula(compilation, view, place, source, true);
    }

    static Formula expression(Compilation compilation, View view, Place place, String source) {
        return new Formula(compilation, view, place, source, false);
    }

    String source() {
        return source;
    }

    /** Notes what is read, and reports names of steps and secrets that are not there. */
    void link() {
        int before = compilation.problems().size();
        if (nameAlone != null && isDifference(nameAlone)) {
            nameAlone = null;
        }
        for (String path : nameAlone != null ? Set.of(nameAlone) : Reads.of(view, source, template)) {
            ReadRule.check(compilation, view, place, path);
            if (Reads.isStep(path) && Lookup.find(view, Reads.step(path)) == null) {
                names.addUnknown(Reads.step(path));
            }
        }
        broken = compilation.problems().size() > before;
    }

    /** Whether {@code steps.a-b} subtracts, because no step has that name. */
    private boolean isDifference(String name) {
        String[] parts = name.split("\\.", 3);
        boolean isDashed = parts.length > 1 && parts[1].indexOf('-') >= 0 && !parts[0].equals("secrets");
        return isDashed && Lookup.find(view, parts[1]) == null;
    }

    /** Gives the text its type; problems are reported once, however often this is called. */
    Type check() {
        if (!checked) {
            checked = true;
            Optional<Environment.Variable> whole = nameAlone == null ? Optional.empty() : names.resolve(nameAlone);
            if (whole.isPresent()) {
                pass(whole.get());
            } else {
                compile();
            }
        }
        return type;
    }

    private void pass(Environment.Variable variable) {
        type = variable.type();
        int reference = variable.slot();
        switch (Reference.kind(reference)) {
            case OUTPUT, INPUT, VARIABLE, VAR -> {
                wholeValue = reference;
                compute = scope -> scope.read(reference);
            }
            default -> compile();
        }
    }

    private void compile() {
        try {
            Environment environment = Environment.of(names);
            if (template) {
                Template compiled = Template.optional(source, environment);
                type = compiled.type();
                compute = new TemplateCompute(compiled, place);
                conclude(compiled.slots(), compiled.leastFuel(), () -> compiled.evaluate(Bindings.NONE));
            } else {
                Expression compiled = Expression.compile(source, environment);
                type = compiled.type();
                compute = new ExpressionCompute(compiled, place);
                conclude(compiled.slots(), compiled.leastFuel(), () -> compiled.evaluate(Bindings.NONE));
            }
        } catch (ExpressionException e) {
            e.problems().forEach(this::report);
            type = Type.ANY;
            broken = true;
        }
    }

    /** Refuses what is too much work whatever it reads, and evaluates what reads nothing once and for all. */
    private void conclude(Set<Integer> slots, long leastFuel, Supplier<@Nullable Object> evaluation) {
        if (leastFuel > Budget.DEFAULT_FUEL) {
            compilation
                    .problems()
                    .add(
                            Code.LIMIT,
                            place,
                            "takes at least " + leastFuel + " units of work whatever it reads, the limit is "
                                    + Budget.DEFAULT_FUEL,
                            "loop over less, or do parts of it in steps of their own");
            broken = true;
            return;
        }
        if (!slots.isEmpty()) {
            return;
        }
        try {
            value = evaluation.get();
            if (value == Bindings.ABSENT) {
                return;
            }
            constant = true;
            compute = Compute.constant(value);
        } catch (EvaluationException e) {
            compilation.problems().add(Code.CONSTANT, place, "always fails: " + e.getMessage(), "mend the expression");
            broken = true;
        }
    }

    private void report(Problem problem) {
        Code code = switch (problem.category()) {
            case SYNTAX -> Code.SYNTAX;
            case LIMIT -> Code.LIMIT;
            case UNKNOWN_NAME -> Code.UNKNOWN_NAME;
            case TYPE -> Code.TYPE;
            case ABSENT -> Code.MAYBE_ABSENT;
        };
        String line = problem.line() > 1 ? "line " + problem.line() + ", " : "";
        String reason = code == Code.MAYBE_ABSENT ? Absence.because(view, problem.message()) : "";
        String what = problem.message() + reason + " (" + line + "column " + problem.column() + ")";
        String fix = problem.fix().isEmpty() ? otherwise(code) : problem.fix();
        compilation.problems().add(code, place, what, fix);
    }

    /** What to do when the expression engine has no suggestion. */
    private String otherwise(Code code) {
        return code == Code.UNKNOWN_NAME ? "use one of: " + String.join(", ", names.names("")) : "mend the expression";
    }

    /** Reports that the whole value may be absent. */
    void reportAbsent() {
        broken = true;
        String text = source.strip();
        String shown = template ? text.substring(3, text.length() - 2).strip() : text; // only one part may be absent
        compilation
                .problems()
                .add(
                        Code.MAYBE_ABSENT,
                        place,
                        "'" + shown + "' may be absent" + Absence.because(view, shown),
                        "use 'coalesce(" + shown + ", ...)'");
    }

    boolean isBroken() {
        return broken;
    }

    /** Whether it reads nothing, so that {@link #constant()} is its value in every run. */
    boolean isConstant() {
        return constant;
    }

    @Nullable
    Object constant() {
        return value;
    }

    /** The type of another expression seen from the same place; any if it has none. */
    Type typeOf(String expression) {
        try {
            return Expression.compile(expression, Environment.of(names)).type();
        } catch (ExpressionException e) {
            return Type.ANY; // the expression is part of this one, which has reported the problem
        }
    }

    Compute compute() {
        return Objects.requireNonNull(compute, "compute");
    }

    /** Computes the value for somebody who passes it on: a whole value stays in the form it is kept in. */
    Compute computeStored() {
        Integer reference = wholeValue;
        return reference == null ? compute() : Compute.stored(reference);
    }
}
