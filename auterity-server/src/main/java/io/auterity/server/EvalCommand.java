package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.expression.Environment;
import io.auterity.expression.EvaluationException;
import io.auterity.expression.Expression;
import io.auterity.expression.ExpressionException;
import io.auterity.expression.Template;
import io.auterity.expression.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The command {@code eval}. */
@Command(
        name = "eval",
        description = "Checks the types of an expression over 'input', evaluates it and prints the value as JSON.",
        mixinStandardHelpOptions = true)
final class EvalCommand implements Callable<Integer> {

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

    EvalCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        Map<String, Object> schema = schemaText.isEmpty() ? Map.of() : schema();
        Map<String, @Nullable Object> input = schema.isEmpty() || inputs.isEmpty()
                ? RunInput.read(shell, schema, inputs)
                : RunInput.read(shell, "eval", schema, inputs);
        Type type = schemaText.isEmpty() ? Type.map(Type.ANY) : type(schema);
        Environment names = Environment.builder().variable("input", 0, type).build();
        Supplier<@Nullable Object> value;
        try {
            value = compile(names, input);
        } catch (ExpressionException e) {
            shell.err().println(e.getMessage());
            return Main.REFUSED;
        }
        try {
            shell.out().println(Json.write(value.get()));
            return Main.OK;
        } catch (EvaluationException e) {
            shell.err().println(e.code().id() + ": " + e.getMessage());
            return Main.FAILED;
        }
    }

    private Supplier<@Nullable Object> compile(Environment names, Map<String, @Nullable Object> input) {
        if (Template.isTemplate(expression)) {
            Template template = Template.compile(expression, names);
            return () -> template.evaluate(slot -> input);
        }
        Expression compiled = Expression.compile(expression, names);
        return () -> compiled.evaluate(slot -> input);
    }

    private static Type type(Map<String, Object> schema) {
        try {
            return Type.of(schema);
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
            text = new String(shell.read(text.substring(1)), java.nio.charset.StandardCharsets.UTF_8);
        }
        try {
            if (Json.read(text) instanceof Map<?, ?> map) {
                return (Map<String, Object>) map;
            }
        } catch (io.auterity.definition.JsonException e) {
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
