package io.auterity.relay.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import io.auterity.relay.budget.Allowance;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.PassedThreshold;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.decide.Situation;
import io.auterity.relay.decide.StateView;
import io.auterity.relay.event.RelayEvent;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The promise of the log: the same policy decides what it has logged again, byte by byte. */
class SameDecisionTest {

    private static final Rules RULES = Rules.read("""
            relay: 1
            rules:
              - {id: secret, when: {field: prompt, contains: secret}, then: [{models: [openai/cheap]}]}
              - {id: long, when: {field: tokens, gt: 3000}, then: [{cost-limit: "0.02"}]}
              - {id: never, when: {field: team.name, equals: b}, then: [{reject: {status: 403, message: no}}]}
            """);

    @Property(tries = 500, seed = "20261122")
    void every_logged_decision_is_decided_again_byte_by_byte(@ForAll long seed) {
        Random random = new Random(seed);
        Policy policy = LoggedWorld.policy(random.nextInt(3) * 0.2, RULES);
        Situation situation = situation(random);
        Decision decision = situation.decide(policy);
        List<String> lines = new ArrayList<>();
        new DecisionLog(lines::add, true)
                .on(new RelayEvent.Decided("q", Instant.EPOCH, Scope.tenant("acme"), situation, "hash", decision));

        LoggedCall call = LoggedCall.read(lines.stream()).get(0);

        assertThat(call.situation().state().allowance())
                .isEqualTo(situation.state().allowance());
        assertThat(Json.write(Situations.write(call.situation().decide(policy))))
                .isEqualTo(call.choice().json())
                .isEqualTo(Json.write(Situations.write(decision)));
        assertThat(Replay.of(List.of(call), policy, 1).decisions().same()).isOne();
    }

    private static Situation situation(Random random) {
        Map<String, Object> facts = new HashMap<>(Map.of(
                "prompt", random.nextBoolean() ? "a secret" : "nothing \ud83d\ude00 \"special\"",
                "tokens", random.nextInt(5_000),
                "share", random.nextFloat(),
                "team", Map.of("name", random.nextInt(4) == 0 ? "b" : "a", "size", 3)));
        facts.put("labels", List.of("x", 1, true));
        Map<ModelName, Prediction.Quality> quality = new HashMap<>();
        Map<String, StateView.Health> health = new HashMap<>();
        for (ModelName model : List.of(LoggedWorld.DEAR, LoggedWorld.CHEAP)) {
            if (random.nextBoolean()) {
                quality.put(model, new Prediction.Quality(random.nextDouble(), random.nextDouble() * 50));
            }
            if (random.nextBoolean()) {
                health.put(
                        model.model() + "-eu",
                        new StateView.Health(
                                Duration.ofNanos(random.nextInt(2_000_000_000)),
                                Duration.ofMillis(random.nextInt(9_000)),
                                random.nextInt(9),
                                random.nextInt(5) > 0,
                                random.nextDouble()));
            }
        }
        Objective objective = List.of(
                        Objective.BALANCED,
                        Objective.COST_SAVING.atLeast(0.5),
                        Objective.QUALITY_FIRST.within(Duration.ofMillis(1_500)).atMost(Money.dollars("0.05")))
                .get(random.nextInt(3));
        RouteRequest request = new RouteRequest(
                "q",
                facts,
                new RouteRequest.Size(
                        Usage.of(random.nextInt(120_000), random.nextInt(5_000)),
                        random.nextBoolean()
                                ? Map.of(LoggedWorld.DEAR, new RouteRequest.Tokens(10, 20, 30 + random.nextInt(90_000)))
                                : Map.of(),
                        0,
                        500),
                new RouteRequest.Needs(
                        Set.of(),
                        random.nextInt(4) == 0 ? Optional.of("eu") : Optional.empty(),
                        Set.of(),
                        random.nextBoolean() ? Optional.of("c" + random.nextInt()) : Optional.empty(),
                        random.nextBoolean()),
                objective);
        Optional<Money> left =
                random.nextBoolean() ? Optional.of(new Money(random.nextInt(2_000_000_000))) : Optional.empty();
        Allowance allowance = new Allowance(left, thresholds(random));
        return new Situation(request, new StateView(new Prediction(quality), allowance, health), random.nextLong());
    }

    private static List<PassedThreshold> thresholds(Random random) {
        List<PassedThreshold> thresholds = new ArrayList<>();
        for (Enforcement enforcement : List.of(
                new Enforcement.RestrictModels(Set.of(LoggedWorld.CHEAP)),
                new Enforcement.RestrictModels(Set.of(LoggedWorld.CHEAP, LoggedWorld.DEAR)),
                new Enforcement.RequireApproval(),
                new Enforcement.Downgrade(),
                new Enforcement.Block())) {
            if (random.nextInt(6) == 0) {
                thresholds.add(new PassedThreshold(
                        "the DAILY budget of tenant:acme", new Threshold(1 + random.nextInt(100), enforcement)));
            }
        }
        return thresholds;
    }
}
