package io.auterity.random;

import io.auterity.definition.Block;
import io.auterity.definition.Step;
import io.auterity.definition.Template;
import io.auterity.random.Formulas.Formula;
import io.auterity.random.Frame.Outcome;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    /**
     * Runs the steps one after the other, also after one that fails for good, since others may have been begun before it;
     * then throws {@link StepModel.Failed} if there was such a one.
     */
    void run(Frame frame) {
        boolean fails = false;
        for (StepModel step : steps) {
            fails |= step.run(frame) == Outcome.FATAL;
        }
        if (fails) {
            throw new StepModel.Failed();
        }
    }

    /** What a block without an output of its own comes to: the outputs of the steps that have one. */
    Map<String, Object> values(Frame frame) {
        Map<String, Object> values = new LinkedHashMap<>();
        for (StepModel step : steps) {
            Object value = frame.value(step.step().name());
            if (value != null) {
                values.put(step.step().name(), value);
            }
        }
        return values;
    }

    /** Runs the block and computes its output. */
    long value(Frame frame) {
        run(frame);
        return Objects.requireNonNull(output, "output").value().applyAsLong(frame);
    }
}
