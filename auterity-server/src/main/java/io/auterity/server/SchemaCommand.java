package io.auterity.server;

import io.auterity.definition.Definition;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** The command {@code schema}. */
@Command(
        name = "schema",
        description = "Prints the JSON Schema of workflows, from which editors complete and check what one writes.",
        mixinStandardHelpOptions = true)
final class SchemaCommand implements Callable<Integer> {

    private final Shell shell;

    SchemaCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (InputStream schema = Definition.class.getResourceAsStream("/io/auterity/workflow.schema.json")) {
            byte[] bytes = Objects.requireNonNull(schema, "the schema in the core's jar")
                    .readAllBytes();
            shell.out().print(new String(bytes, StandardCharsets.UTF_8));
            return Main.OK;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
