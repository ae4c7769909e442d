package io.auterity.relay.replay;

import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A call as a {@link DecisionLog} tells of it.
 *
 * @param at when it was decided
 * @param situation what the decision rested on
 * @param priceBook the hash of the prices
 * @param choice what was decided
 * @param outcome what came of it, or empty if it was refused or is not finished
 * @param score how well it went, between 0 and 1, or empty if nobody has said
 */
public record LoggedCall(
        Instant at,
        Situation situation,
        String priceBook,
        Choice choice,
        Optional<Outcome> outcome,
        Optional<Double> score) {

    /** Checks that every part is there. */
    public LoggedCall {
        Objects.requireNonNull(at, "at");
        Objects.requireNonNull(situation, "situation");
        Objects.requireNonNull(priceBook, "priceBook");
        Objects.requireNonNull(choice, "choice");
        Objects.requireNonNull(outcome, "outcome");
        Objects.requireNonNull(score, "score");
    }

    /**
     * What was decided.
     *
     * @param model the model that was drawn, or empty if the call was refused
     * @param propensities the probability with which each model could have been drawn
     * @param json the whole decision; equal decisions are equal texts
     */
    public record Choice(Optional<ModelName> model, Map<ModelName, Double> propensities, String json) {
        /** Copies the map. */
        public Choice {
            propensities = Map.copyOf(propensities);
        }
    }

    /**
     * What came of a call, all its attempts together.
     *
     * @param model who answered, or empty if nobody did
     * @param usage what the answer used
     * @param cost what all attempts cost, or empty if nobody knows the price of one
     * @param attempts how many deployments were asked
     */
    public record Outcome(Optional<ModelName> model, Usage usage, Optional<Money> cost, int attempts) {}

    /**
     * Says whether the log has the prompt.
     *
     * @return whether it does
     */
    public boolean hasPrompt() {
        return situation.request().facts().containsKey(Situations.PROMPT);
    }

    /**
     * Reads a log.
     *
     * @param lines the lines that {@link DecisionLog} wrote; a last one that a crash cut short is passed over
     * @return the calls, in the order in which they were decided
     * @throws IllegalArgumentException if a line is none of those; the message has its number
     */
    public static List<LoggedCall> read(Stream<String> lines) {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        long number = 0;
        Iterator<String> rest = lines.iterator();
        while (rest.hasNext()) {
            String line = rest.next();
            number++;
            try {
                if (!line.isBlank()) {
                    add(Part.of("line", Json.read(line)), drafts);
                }
            } catch (JsonException e) {
                if (rest.hasNext()) {
                    throw new IllegalArgumentException("line " + number + " is no JSON: " + e.getMessage(), e);
                }
            } catch (RuntimeException e) { // a name, number or time that is none
                throw new IllegalArgumentException(
                        "line " + number + " is not of a decision log: " + e.getMessage(), e);
            }
        }
        return drafts.values().stream().map(Draft::call).toList();
    }

    private static void add(Part line, Map<String, Draft> drafts) {
        String request = line.text("request");
        if (line.text("event").equals("decided")) {
            drafts.put(request, new Draft(line));
            return;
        }
        Draft draft = drafts.get(request);
        if (draft == null) {
            return; // it was decided in a file that is gone, or answered from the cache
        }
        switch (line.text("event")) {
            case "attempted" -> draft.attempted(line);
            case "finished" -> draft.finished = true;
            case "scored" -> draft.score = Optional.of(line.real("score"));
            default -> throw new IllegalArgumentException("there is no event '" + line.text("event") + "'");
        }
    }

    /** A call while its lines are read. */
    private static final class Draft {

        private final Instant at;
        private final Situation situation;
        private final String priceBook;
        private final Choice choice;
        private Optional<ModelName> model = Optional.empty();
        private Usage usage = Usage.NONE;
        private Optional<Money> cost = Optional.of(Money.ZERO);
        private int attempts;
        private boolean finished;
        private Optional<Double> score = Optional.empty();

        Draft(Part line) {
            at = Instant.parse(line.text("at"));
            situation = Situations.read(line.part("situation"));
            priceBook = line.text("priceBook");
            Part decision = line.part("decision");
            Map<ModelName, Double> propensities = new HashMap<>();
            Part shares = decision.part("propensities");
            for (Object name : shares.json().keySet()) {
                propensities.put(ModelName.of(String.valueOf(name)), shares.real(String.valueOf(name)));
            }
            List<?> order = decision.list("attempts");
            choice = new Choice(
                    order.isEmpty()
                            ? Optional.empty()
                            : Optional.of(ModelName.of(
                                    Part.of("attempts", order.get(0)).text("model"))),
                    propensities,
                    Json.write(decision.json()));
        }

        void attempted(Part line) {
            attempts++;
            boolean isAnswer = line.json().get("failure") == null;
            if (isAnswer) {
                model = Optional.of(ModelName.of(line.text("model")));
            }
            if (line.flag("isCharged")) {
                Usage used = Situations.usage(line.part("usage"));
                usage = isAnswer ? used : usage;
                Optional<Money> charged = line.maybe("cost", key -> new Money(line.number(key)));
                cost = cost.flatMap(sum -> charged.map(sum::plus));
            }
        }

        LoggedCall call() {
            Optional<Outcome> outcome = finished && attempts > 0
                    ? Optional.of(new Outcome(model, usage, cost, attempts))
                    : Optional.empty();
            return new LoggedCall(at, situation, priceBook, choice, outcome, score);
        }
    }
}
