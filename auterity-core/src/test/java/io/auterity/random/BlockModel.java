package io.auterity.random;

import io.auterity.definition.Block;
import io.auterity.definition.Step;
import io.auterity.definition.Template;
import io.auterity.random.Formulas.Formula;
import io.auterity.random.Frame.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** A block of a random workflow; its steps stand in an order in which every edge points forward. */
record BlockModel(List<StepModel> steps, @Nullable Formula output) {

    /** Writes the block down, its steps in random order. */
    Block definition(Random random) {
        List<Step> written = new ArrayList<>();
        steps.forEach(step -> written.add(step.step()));
        Collections.shuffle(written, random);
        return new Block(written, Optional.ofNullable(output).map(formula -> Template.expression(formula.text())));
    }

    /** Runs the steps one after the other; throws {@link StepModel.Failed} if one fails for good. */
    void run(Frame frame) {
        for (StepModel step : steps) {
            Outcome outcome = step.run(frame);
            frame.outcomes().put(step.step().name(), outcome);
            if (outcome == Outcome.FAILED && !step.continues()) {
                throw new StepModel.Failed();
            }
        }
    }

    /** Runs the block and computes its output. */
    long value(Frame frame) {
        run(frame);
        return Objects.requireNonNull(output, "output").value().applyAsLong(frame);
    }
}
