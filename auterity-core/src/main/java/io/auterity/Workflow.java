package io.auterity;

import io.auterity.connector.JsonTypes;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Positions;
import io.auterity.definition.Settings;
import io.auterity.journal.JavaValue;
import io.auterity.run.StepFunction;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * A definition with the Java code behind it, ready to be registered with an engine. Immutable and thread-safe.
 *
 * @param <I> the run's input
 * @param <O> the run's output
 */
public final class Workflow<I, O> {

    private final DefinitionReader.Parsed source;
    private final Map<String, StepFunction> functions;
    private final JsonTypes types;
    private final Type input;
    private final Type output;

    private Workflow(
            DefinitionReader.Parsed source,
            Map<String, StepFunction> functions,
            JsonTypes types,
            Type input,
            Type output) {
        this.source = source;
        this.functions = Map.copyOf(functions);
        this.types = types;
        this.input = input;
        this.output = output;
    }

    /**
     * Defines a workflow in Java. Edges come from passing handles, so a wrong wire does not compile and a cycle cannot
     * be written.
     *
     * @param <I> the run's input
     * @param <O> the run's output
     * @param id the workflow's identifier, {@code [a-z0-9][a-z0-9._-]{0,199}}
     * @param input the class of the input, whose JSON Schema becomes the workflow's; a record, or Map for anything
     * @param body adds the steps and returns the output
     * @return the workflow
     * @throws IllegalArgumentException if a step name is used twice or a handle outside its block
     */
    public static <I, O> Workflow<I, O> define(String id, Class<I> input, BiFunction<Flow, Handle<I>, Handle<O>> body) {
        return define(id, input, Settings.DEFAULT, body);
    }

    /**
     * Defines a workflow in Java with settings of its own.
     *
     * @param <I> the run's input
     * @param <O> the run's output
     * @param id the workflow's identifier
     * @param input the class of the input
     * @param settings defaults and limits of every run
     * @param body adds the steps and returns the output
     * @return the workflow
     */
    public static <I, O> Workflow<I, O> define(
            String id, Class<I> input, Settings settings, BiFunction<Flow, Handle<I>, Handle<O>> body) {
        JsonTypes types = new JsonTypes();
        Map<String, StepFunction> functions = new LinkedHashMap<>();
        Flow flow = new Flow(new Flow.Shared(types, functions), null, "");
        Handle<O> output =
                Flow.returned("workflow '" + id + "'", body.apply(flow, new Handle<>(flow, "input", "", input)));
        Map<String, Object> schema = Map.class.isAssignableFrom(input) ? Map.of() : types.schemaOf(input);
        Definition definition = new Definition(id, "", schema, settings, flow.block(output), List.of());
        return new Workflow<>(unread(definition), functions, types, input, output.type());
    }

    /**
     * Takes a workflow from a definition without Java steps.
     *
     * @param definition the definition
     * @return the workflow, over JSON values
     */
    public static Workflow<Map<String, Object>, Object> of(Definition definition) {
        return new Workflow<>(unread(definition), Map.of(), new JsonTypes(), Map.class, Object.class);
    }

    /**
     * Reads a workflow without Java steps from YAML or JSON.
     *
     * @param text the text
     * @param file its name for messages; may be empty
     * @return the workflow, over JSON values
     * @throws io.auterity.definition.DefinitionException if the text is no definition, with all problems
     */
    public static Workflow<Map<String, Object>, Object> read(String text, String file) {
        return of(new DefinitionReader().read(text, file));
    }

    /**
     * Takes a workflow without Java steps as a reader read it, so that problems found later name their places, too.
     *
     * @param parsed what was read
     * @return the workflow, over JSON values
     */
    public static Workflow<Map<String, Object>, Object> of(DefinitionReader.Parsed parsed) {
        return new Workflow<>(parsed, Map.of(), new JsonTypes(), Map.class, Object.class);
    }

    private static DefinitionReader.Parsed unread(Definition definition) {
        return new DefinitionReader.Parsed(definition, Positions.NONE, List.of());
    }

    /**
     * Returns the definition, in which Java steps appear by name only.
     *
     * @return the definition
     */
    public Definition definition() {
        return source.definition();
    }

    /** Returns another version of the same workflow, with the same Java code behind it. */
    Workflow<I, O> at(Definition version) {
        return new Workflow<>(unread(version), functions, types, input, output);
    }

    Positions positions() {
        return source.positions();
    }

    /** What in its text nears a limit. */
    List<String> warnings() {
        return source.warnings();
    }

    Optional<StepFunction> function(String path) {
        return Optional.ofNullable(functions.get(path));
    }

    Type output() {
        return output;
    }

    /** Turns an input into the form that runs keep. */
    @Nullable
    Object store(@Nullable I value) {
        if (value == null) {
            return Map.of();
        }
        return input == Map.class ? types.write(value) : new JavaValue(value, object -> types.write(object, input));
    }

    /** Turns an output in the form that runs keep into what the caller expects. */
    O load(@Nullable Object stored) {
        Object object = JavaValue.objectOf(stored);
        if (object == null || (output instanceof Class<?> wanted && wanted.isInstance(object))) {
            return JavaStep.cast(object);
        }
        return JavaStep.cast(types.read(JavaValue.jsonOf(stored), output));
    }

    @Override
    public String toString() {
        return "Workflow[" + definition().id() + "]";
    }
}
