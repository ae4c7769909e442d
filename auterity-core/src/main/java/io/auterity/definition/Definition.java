package io.auterity.definition;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A workflow as the user wrote it: immutable data without threads or I/O, the one form that Java, YAML, JSON and the
 * canvas produce.
 *
 * <p>A definition that exists is well-formed as data (names are not blank, durations are positive); whether it makes
 * sense, that is, whether its references, types and edges hold, is the compiler's question.
 *
 * @param id the workflow's identifier, {@code [a-z0-9][a-z0-9._-]{0,199}} once compiled
 * @param description a sentence for people; empty when there is none
 * @param input the JSON Schema 2020-12 of the run's input, an object schema, to which {@code type: object} is added when
 *     it is left out; empty accepts any object
 * @param settings defaults and limits of every run of this workflow
 * @param body the steps and the output of the workflow
 * @param triggers what starts runs, in the order written
 */
public record Definition(
        String id,
        String description,
        Map<String, Object> input,
        Settings settings,
        Block body,
        List<Trigger> triggers) {

    /** Copies the collections, so that later changes of the arguments cannot reach this definition. */
    public Definition {
        Objects.requireNonNull(id, "id");
        Objects.requireNonNull(description, "description");
        input = SchemaShorthand.objectSchema(input);
        Objects.requireNonNull(settings, "settings");
        Objects.requireNonNull(body, "body");
        triggers = List.copyOf(triggers);
    }

    /**
     * Makes a definition of some steps with no input schema, no output, default settings and no triggers.
     *
     * @param id the workflow's identifier
     * @param steps the steps in the order written
     * @return the definition
     */
    public static Definition of(String id, Step... steps) {
        return new Definition(id, "", Map.of(), Settings.DEFAULT, Block.of(steps), List.of());
    }

    /**
     * Returns a copy with another body.
     *
     * @param newBody the steps and the output
     * @return the copy
     */
    public Definition withBody(Block newBody) {
        return new Definition(id, description, input, settings, newBody, triggers);
    }
}
