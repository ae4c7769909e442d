package io.auterity.relay.replay;

import io.auterity.definition.Json;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.event.RelayListener;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Writes down every decision with all that it rests on, and what came of it, as lines of JSON.
 *
 * <p>A request has a line {@code decided} with its situation (facts, size, needs, objective, predictions, health of the
 * deployments, money left, thresholds of budgets in force, seed), the hash of the prices and the decision with its
 * propensities; a line {@code attempted} for each deployment that was asked, with usage and cost; a line {@code finished};
 * and a line {@code scored} if somebody says how well it went. {@link LoggedCall#read} reads them, {@link Replay} decides
 * them again. One that was answered from the cache has a line {@code cached} with the cost 0, and {@code finished}: it was
 * not decided, so it is not decided again.
 *
 * <p>The facts hold the prompt, and so perhaps personal data: keep the log as you keep the prompts, or leave them out,
 * which makes decisions whose rules look at the prompt impossible to repeat. Answers are never written. Thread-safe if
 * whoever takes the lines is.
 */
public final class DecisionLog implements RelayListener {

    private final Consumer<String> lines;
    private final boolean keepsPrompts;

    /**
     * Makes a log.
     *
     * @param lines takes each line, without its end; {@link DecisionFile} keeps them in a file
     * @param keepsPrompts whether the prompts are written, too
     */
    public DecisionLog(Consumer<String> lines, boolean keepsPrompts) {
        this.lines = Objects.requireNonNull(lines, "lines");
        this.keepsPrompts = keepsPrompts;
    }

    @Override
    public void on(RelayEvent event) {
        Map<String, @Nullable Object> json = new LinkedHashMap<>();
        json.put("request", event.request());
        json.put("at", event.at().toString());
        if (event instanceof RelayEvent.Decided decided) {
            decided(decided, json);
        } else if (event instanceof RelayEvent.Attempted attempted) {
            attempted(attempted, json);
        } else if (event instanceof RelayEvent.Cached cached) {
            cached(cached, json);
        } else if (event instanceof RelayEvent.Finished finished) {
            json.put("event", "finished");
            json.put("model", finished.model().map(ModelName::toString).orElse(null));
        } else if (event instanceof RelayEvent.Scored scored) {
            json.put("event", "scored");
            json.put("task", scored.task().orElse(null));
            json.put("score", scored.score());
        }
        lines.accept(Json.write(json));
    }

    private void decided(RelayEvent.Decided decided, Map<String, @Nullable Object> json) {
        json.put("event", "decided");
        json.put("scope", decided.scope().toString());
        json.put("priceBook", decided.priceBook());
        json.put("situation", Situations.write(decided.situation(), keepsPrompts));
        json.put("decision", Situations.write(decided.decision()));
    }

    private static void cached(RelayEvent.Cached cached, Map<String, @Nullable Object> json) {
        json.put("event", "cached");
        json.put("scope", cached.line().scope().toString());
        json.put("deployment", cached.deployment().id());
        json.put("model", cached.deployment().model().toString());
        json.put("cost", cached.line().charge().booked().nanos());
    }

    private static void attempted(RelayEvent.Attempted attempted, Map<String, @Nullable Object> json) {
        json.put("event", "attempted");
        json.put("deployment", attempted.call().deployment().id());
        json.put("model", attempted.call().deployment().model().toString());
        attempted.continues().ifPresent(broken -> json.put("continues", broken.id()));
        json.put("start", attempted.timing().start().toString());
        json.put("first", attempted.timing().first().map(Object::toString).orElse(null));
        json.put("failure", attempted.result().failure().map(Enum::name).orElse(null));
        LedgerLine line = attempted.result().line().orElse(null);
        json.put("isCharged", line != null);
        if (line != null) {
            json.put("usage", line.charge().usage().counts());
            json.put("cost", line.charge().cost().map(Money::nanos).orElse(null)); // null: nobody knows
        }
    }
}
