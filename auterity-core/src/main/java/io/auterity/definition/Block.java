package io.auterity.definition;

import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Steps that see each other, with the value they make together: a workflow's body, a loop's, a branch's.
 *
 * @param steps the steps in the order written; the order carries no meaning, edges do
 * @param output the template of the block's value; without one it is an object of all step outputs by step name
 */
public record Block(List<Step> steps, Optional<Template> output) {

    /** Copies the steps. */
    public Block {
        steps = List.copyOf(steps);
        Objects.requireNonNull(output, "output");
    }

    /**
     * Makes a block without an output template.
     *
     * @param steps the steps in the order written
     * @return the block
     */
    public static Block of(Step... steps) {
        return new Block(List.of(steps), Optional.empty());
    }
}
