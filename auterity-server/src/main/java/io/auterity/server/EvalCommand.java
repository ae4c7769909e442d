package io.auterity.server;

import io.auterity.definition.Closest;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.definition.Problem;
import io.auterity.expression.Environment;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.Expression;
import io.auterity.expression.ExpressionException;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code eval}. */
@Command(
        name = "eval",
        description = "Checks the types of an expression over 'input', evaluates it and prints the value as JSON.",
        mixinStandardHelpOptions = true,
        footer = {"", "An expression that begins with the letters of an option goes behind --, as in -- '-input.n'."})
final class EvalCommand implements Callable<Integer>, Checks.Checked {

    private static final String EXPRESSION = "EXPRESSION";
    private static final Pattern OPTION = Pattern.compile("(--[a-z][a-z-]*)(=.*)?", Pattern.DOTALL);

    private final Shell shell;

    @Parameters(paramLabel = "EXPRESSION", description = "As in 'input.total * 2', or a text with $${{ }}.")
    private String expression = "";

    @Option(
            names = {"-i", "--input"},
            paramLabel = "JSON|@FILE|KEY=VALUE",
            description = "The value of 'input': a JSON object, or a file with one, or some of its keys; repeatable.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--schema", paramLabel = "@FILE", description = "The JSON Schema of 'input'.")
    private String schemaText = "";

    @Mixin
    private OutputOption output = new OutputOption();

    @Spec
    private CommandSpec spec = CommandSpec.create();

    private final Map<String, @Nullable Object> input = new LinkedHashMap<>();
    private Supplier<@Nullable Object> value = () -> null;

    EvalCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public void check(Checks checks) {
        checks.that(this::checkDashes);
        Optional<Map<String, Object>> schema = schemaText.isEmpty() ? Optional.of(Map.of()) : checks.read(this::schema);
        Optional<Type> type = schema.flatMap(known -> checks.read(() -> type(known)));
        checks.that(() -> input.putAll(input(schema.orElse(Map.of()))));
        if (type.isPresent() && checks.isEmpty()) {
            checks.that(() -> value = compiled(type.get()));
        }
    }

    /** An expression may begin with a minus, so the parser takes options that there are not for one. */
    private void checkDashes() {
        Matcher option = OPTION.matcher(expression);
        if (option.matches()) {
            throw Refusal.of(
                    "the command line",
                    Refusal.USAGE,
                    spec.qualifiedName(),
                    "there is no option '" + option.group(1) + "'",
                    Closest.fix(option.group(1), Usage.options(spec)));
        }
    }

    private Map<String, @Nullable Object> input(Map<String, Object> schema) {
        return schema.isEmpty() || inputs.isEmpty()
                ? RunInput.read(shell, schema, inputs)
                : RunInput.read(shell, "eval", schema, inputs);
    }

    @Override
    public Integer call() {
        try {
            shell.out().println(Json.write(value.get()));
            return Main.OK;
        } catch (EvaluationException e) {
            shell.err().println(e.code().id() + ": " + e.getMessage());
            if (output.isJson()) {
                Problem problem = Refusal.problem(e.code().id(), EXPRESSION, String.valueOf(e.getMessage()), "");
                shell.out().println(Json.pretty(Answer.problemsAsJson(List.of(problem))));
            }
            return Main.FAILED;
        }
    }

    private Supplier<@Nullable Object> compiled(Type type) {
        try {
            return compile(Environment.builder().variable("input", 0, type).build());
        } catch (ExpressionException e) {
            throw new Refusal(
                    "the expression",
                    e.problems().stream().map(EvalCommand::problem).toList());
        }
    }

    private static Problem problem(io.auterity.expression.Problem found) {
        String line = found.line() > 1 ? "line " + found.line() + ", " : "";
        return Refusal.problem(
                found.category().code(),
                EXPRESSION,
                found.message() + " (" + line + "column " + found.column() + ")",
                found.fix().isEmpty() ? "mend the expression" : found.fix());
    }

    private Supplier<@Nullable Object> compile(Environment names) {
        if (Template.isTemplate(expression)) {
            Template template = Template.compile(expression, names);
            return () -> template.evaluate(slot -> input);
        }
        Expression compiled = Expression.compile(expression, names);
        return () -> compiled.evaluate(slot -> input);
    }

    private Type type(Map<String, Object> schema) {
        try {
            return schemaText.isEmpty() ? Type.map(Type.ANY) : Type.of(schema);
        } catch (IllegalArgumentException e) {
            throw Refusal.of(
                    "the schema",
                    Refusal.VALUE,
                    "--schema",
                    String.valueOf(e.getMessage()),
                    "write a JSON Schema 2020-12");
        }
    }

    @SuppressWarnings("unchecked")
    private Map<String, Object> schema() {
        String text = schemaText;
        if (text.startsWith("@")) {
            text = new String(shell.read(text.substring(1)), StandardCharsets.UTF_8);
        }
        try {
            if (Json.read(text) instanceof Map<?, ?> map) {
                return (Map<String, Object>) map;
            }
        } catch (JsonException e) {
            throw Refusal.of("the schema", Refusal.VALUE, "--schema", "this is not JSON: " + e.getMessage(), "mend it");
        }
        throw Refusal.of(
                "the schema",
                Refusal.VALUE,
                "--schema",
                "a schema is a JSON object, this is none",
                "write {\"type\": ...}");
    }
}
