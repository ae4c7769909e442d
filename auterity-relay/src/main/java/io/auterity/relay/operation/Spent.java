package io.auterity.relay.operation;

import io.auterity.connector.Describe;
import io.auterity.relay.Reply;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;

/** What stands on a step about the calls it made; in its output, so that it is recorded and can be read. */
@Describe("What the step's calls to language models used and cost.")
record Spent(
        @Describe("In nano-dollars; those of unknown price are left out.")
        long nanoDollars,

        @Describe("The same, for people.") String dollars,

        @Describe("Whether a call was made whose price nobody knows.")
        boolean isUnknown,

        @Describe("Tokens of the prompts, cached ones included.")
        long inputTokens,

        @Describe("Tokens of the answers, reasoning included.")
        long outputTokens,

        @Describe("Who answered, as in openai/gpt-4o.") String model,

        @Describe("Why it was chosen.") String reason) {

    static Spent of(Reply reply) {
        Usage usage = reply.usage();
        Money cost = reply.cost().orElse(Money.ZERO);
        return new Spent(
                cost.nanos(),
                cost.toString(),
                reply.cost().isEmpty(),
                usage.inputTokens(),
                usage.outputTokens(),
                reply.deployment().model().toString(),
                String.join("; ", reply.explanation().reasons()));
    }
}
