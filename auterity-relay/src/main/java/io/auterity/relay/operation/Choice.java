package io.auterity.relay.operation;

import io.auterity.connector.Describe;
import java.util.List;
import java.util.Optional;

/** How a step wants its model chosen. */
@Describe("How the model is chosen; everything may be left out.")
record Choice(
        @Describe("The only models that may answer, as openai/gpt-4o.")
        Optional<List<String>> models,

        @Describe(
                value = "What a right answer is worth; balanced when not written.",
                oneOf = {"cost-saving", "balanced", "quality-first"})
        Optional<String> objective,

        @Describe("The least score expected of the model, 0 to 1.")
        Optional<Double> minQuality,

        @Describe("The most the call may cost, in dollars, as in 0.05.")
        Optional<String> maxCost,

        @Describe("Where the model must compute, as in eu.") Optional<String> region,

        @Describe("What kind of prompt it is, for learning.")
        Optional<String> task) {

    static final Choice USUAL = new Choice(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());
}
