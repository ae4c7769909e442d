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
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

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
     * Reads a log, passing over lines that cannot be read, as {@link #read(Stream, Consumer)}.
     *
     * @param lines the lines that {@link DecisionLog} wrote
     * @return the calls, in the order in which they were decided
     * @throws IllegalArgumentException if there are lines and none can be read; the message has the number of the first
     */
    public static List<LoggedCall> read(Stream<String> lines) {
        return read(lines, skipped -> {});
    }

    /**
     * Reads a log. A line that cannot be read, as one that a crash or a full disk cut short, is passed over; what it told
     * of its call is missing.
     *
     * @param lines the lines that {@link DecisionLog} wrote
     * @param skipped is told of each line that is passed over, with its number, as in {@code line 3 is no JSON: ...}
     * @return the calls, in the order in which they were decided
     * @throws IllegalArgumentException if there are lines and none can be read; the message has the number of the first
     */
    public static List<LoggedCall> read(Stream<String> lines, Consumer<String> skipped) {
        Map<String, Draft> drafts = new LinkedHashMap<>();
        @Nullable IllegalArgumentException first = null;
        boolean isLog = false;
        long number = 0;
        Iterator<String> rest = lines.iterator();
        while (rest.hasNext()) {
            String line = rest.next();
            number++;
            if (!line.isBlank()) {
                try {
                    add(number, line, drafts);
                    isLog = true;
                } catch (IllegalArgumentException e) {
                    first = first == null ? e : first;
                    skipped.accept(String.valueOf(e.getMessage()));
                }
            }
        }
        if (first != null && !isLog) {
            throw first;
        }
        return drafts.values().stream().map(Draft::call).toList();
    }

    private static void add(long number, String line, Map<String, Draft> drafts) {
        try {
            add(Part.of("line", Json.read(line)), drafts);
        } catch (JsonException e) {
            throw new IllegalArgumentException("line " + number + " is no JSON: " + e.getMessage(), e);
        } catch (RuntimeException e) { // a name, number or time that is none
            throw new IllegalArgumentException("line " + number + " is not of a decision log: " + e.getMessage(), e);
        }
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

        /** Changes nothing before the whole line is read. */
        void attempted(Part line) {
            boolean isAnswer = line.json().get("failure") == null;
            Optional<ModelName> answered = isAnswer ? Optional.of(ModelName.of(line.text("model"))) : model;
            Usage used = usage;
            Optional<Money> sum = cost;
            if (line.flag("isCharged")) {
                Usage told = Situations.usage(line.part("usage"));
                used = isAnswer ? told : usage;
                Optional<Money> charged = line.maybe("cost", key -> new Money(line.number(key)));
                sum = cost.flatMap(before -> charged.map(before::plus));
            }
            attempts++;
            model = answered;
            usage = used;
            cost = sum;
        }

        LoggedCall call() {
            Optional<Outcome> outcome = finished && attempts > 0
                    ? Optional.of(new Outcome(model, usage, cost, attempts))
                    : Optional.empty();
            return new LoggedCall(at, situation, priceBook, choice, outcome, score);
        }
    }
}
