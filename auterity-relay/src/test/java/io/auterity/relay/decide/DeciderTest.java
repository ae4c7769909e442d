package io.auterity.relay.decide;

import static io.auterity.relay.decide.Market.MIDDLE;
import static io.auterity.relay.decide.Market.STRONG;
import static io.auterity.relay.decide.Market.WEAK;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.tuple;
import static org.assertj.core.api.Assertions.within;

import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.decide.Decision.Attempt;
import io.auterity.relay.decide.Decision.Candidate;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Rates;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class DeciderTest {

    private final Market market = new Market();

    @Test
    void the_objective_says_what_quality_is_worth() {
        // 500 tokens cost $0.05, $0.005 and $0.0005 for a score of .9, .8 and .5
        market.objective = Objective.COST_SAVING;
        assertThat(market.chosen()).isEqualTo(WEAK);
        market.objective = Objective.BALANCED;
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        market.objective = Objective.QUALITY_FIRST;
        assertThat(market.chosen()).isEqualTo(STRONG);
    }

    @Test
    void a_least_quality_a_cost_and_a_time_are_constraints() {
        market.objective = Objective.COST_SAVING.atLeast(0.85);
        assertThat(market.chosen()).isEqualTo(STRONG);
        market.objective = Objective.QUALITY_FIRST.atMost(Money.dollars("0.009"));
        Attempt attempt = market.decide(1).attempts().get(0);
        assertThat(attempt.deployment().model())
                .isEqualTo(MIDDLE); // 1,000 tokens of the strong one cost ten times as much
        assertThat(attempt.maxOutput()).isEqualTo(900);
        market.objective = Objective.QUALITY_FIRST.within(Duration.ofMillis(500));
        market.health.put("weak-eu", new StateView.Health(Duration.ofMillis(50), Duration.ofMillis(90), 0, true, 1));
        assertThat(market.chosen()).isEqualTo(WEAK);
    }

    @Test
    void if_no_model_is_good_enough_the_best_is_taken_and_the_reason_says_so() {
        market.objective = Objective.COST_SAVING.atLeast(0.95);
        Decision decision = market.decide(1);
        assertThat(decision.attempts().get(0).deployment().model()).isEqualTo(STRONG);
        assertThat(decision.explanation().reasons()).anyMatch(reason -> reason.contains("no model reaches"));
    }

    @Test
    void needs_exclude_models_and_the_explanation_says_why_for_each() {
        market.objective = Objective.COST_SAVING;
        market.needs =
                new RouteRequest.Needs(Set.of(Capability.VISION), Optional.of("eu"), Set.of(), Optional.empty(), false);
        Decision decision = market.decide(1);
        assertThat(decision.attempts())
                .extracting(attempt -> attempt.deployment().id())
                .containsExactly("strong-eu");
        assertThat(decision.explanation().candidates())
                .extracting(Candidate::model, candidate -> candidate.excluded().orElse(""))
                .contains(tuple(MIDDLE, "it cannot do [VISION]"), tuple(WEAK, "it cannot do [VISION]"));
    }

    @Test
    void a_prompt_too_long_for_a_model_goes_to_one_with_a_larger_context() {
        market.objective = Objective.COST_SAVING;
        market.most = Usage.of(3_000, 1_000);
        assertThat(market.chosen()).isEqualTo(WEAK);
        market.most = Usage.of(3_900, 1_000); // a tenth of the answer must fit
        Attempt attempt = market.decide(1).attempts().get(0);
        assertThat(attempt.deployment().model()).isEqualTo(WEAK);
        assertThat(attempt.maxOutput()).isEqualTo(100);
        market.most = Usage.of(3_901, 1_000);
        assertThat(market.chosen()).isEqualTo(MIDDLE);
    }

    /** Earlier defect 23: a matching rule threw, and a constant was used. */
    @Test
    void earlier_defect_23_a_rule_that_matches_decides() {
        market.rules = Rules.read("""
                relay: 1
                rules:
                  - {id: acme-cheap, when: {field: tenant, equals: acme}, then: [{models: [openai/weak, openai/strong]}]}
                """);
        Decision decision = market.decide(1);
        assertThat(decision.attempts().get(0).deployment().model()).isEqualTo(WEAK);
        assertThat(decision.attempts()).extracting(a -> a.deployment().model()).containsOnly(WEAK, STRONG);
        assertThat(decision.explanation().reasons().get(0)).isEqualTo("rules acme-cheap matched");
        market.facts.put("tenant", "other");
        assertThat(market.chosen()).isEqualTo(MIDDLE);
    }

    @Test
    void a_rule_can_reject_and_limit_the_cost() {
        market.rules = Rules.read("relay: 1\nrules: [{id: no, then: [{reject: {status: 451, message: Not here.}}]}]");
        Decision refused = market.decide(1);
        assertThat(refused.attempts()).isEmpty();
        assertThat(refused.refusal().orElseThrow().status()).isEqualTo(451);
        market.rules = Rules.read("relay: 1\nrules: [{id: cap, then: [{provider: openai}, {cost-limit: '0.0005'}]}]");
        Attempt attempt = market.decide(1).attempts().get(0);
        assertThat(attempt.deployment().model()).isEqualTo(WEAK);
        assertThat(attempt.amount()).contains(Money.dollars("0.0005"));
    }

    @Test
    void what_the_budget_leaves_lowers_the_answer_then_the_model_then_refuses_with_402() {
        market.objective = Objective.QUALITY_FIRST;
        market.left = Optional.of(Money.dollars("0.02"));
        assertThat(market.decide(1).attempts().get(0).maxOutput()).isEqualTo(200);
        assertThat(market.decide(1).attempts().get(0).deployment().model()).isEqualTo(STRONG);
        market.left = Optional.of(Money.dollars("0.0099"));
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        market.left = Optional.of(Money.dollars("0.000099"));
        Decision refused = market.decide(1);
        assertThat(refused.refusal().orElseThrow().status()).isEqualTo(402);
        assertThat(refused.refusal().orElseThrow().message()).contains("$0.000099", "$0.0001");
    }

    @Test
    void under_a_downgrade_the_cheapest_of_the_suitable_models_is_taken_and_nothing_is_tried_out() {
        market.passed(new Enforcement.Downgrade());
        market.objective = Objective.QUALITY_FIRST;
        market.exploration = new Exploration(0.5, 3);
        for (long seed = 0; seed < 20; seed++) {
            Decision decision = market.decide(seed);
            assertThat(decision.attempts())
                    .extracting(attempt -> attempt.deployment().model())
                    .containsExactly(WEAK, WEAK, MIDDLE, MIDDLE, STRONG, STRONG);
            assertThat(decision.propensities()).isEqualTo(Map.of(WEAK, 1.0));
        }
        market.objective = Objective.QUALITY_FIRST.atLeast(0.7);
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        market.rules = Rules.read("relay: 1\nrules: [{id: r, then: [{models: [openai/strong, anthropic/middle]}]}]");
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        assertThat(market.decide(1).explanation().reasons())
                .contains("the budget has passed 90 %, from where on the cheapest model that would do is called");
    }

    @Test
    void under_a_downgrade_a_model_of_unknown_price_is_the_dearest() {
        ModelName stranger = ModelName.of("openai/stranger");
        market.cards = List.of(Market.card(stranger, Set.of(), 5_000), Market.card(STRONG, Set.of(), 5_000));
        market.unknown = UnknownPrice.ALLOW_AND_FLAG;
        market.passed(new Enforcement.Downgrade());
        assertThat(market.chosen()).isEqualTo(STRONG);
    }

    @Test
    void a_model_without_a_price_is_worth_as_if_it_were_the_dearest_and_its_cost_stands_as_unknown() {
        ModelName stranger = ModelName.of("openai/stranger");
        market.cards = List.of(
                Market.card(stranger, Set.of(), 5_000),
                Market.card(STRONG, Set.of(), 5_000),
                Market.card(WEAK, Set.of(), 5_000));
        market.unknown = UnknownPrice.ALLOW_AND_FLAG;
        market.objective = Objective.COST_SAVING;
        market.prediction = new Prediction(Map.of(
                stranger, new Prediction.Quality(0.95, 20),
                STRONG, new Prediction.Quality(0.9, 20),
                WEAK, new Prediction.Quality(0.5, 20)));
        assertThat(market.chosen()).isEqualTo(WEAK);
        market.objective = Objective.QUALITY_FIRST;
        Decision decision = market.decide(1);
        Candidate first = decision.explanation().candidates().get(0);
        assertThat(first.model()).isEqualTo(stranger);
        assertThat(first.cost()).isEmpty();
        assertThat(decision.attempts().get(0).amount()).isEmpty();
        assertThat(decision.explanation().reasons()).anyMatch(reason -> reason.endsWith("cost unknown"));
        double better =
                first.value() - decision.explanation().candidates().get(1).value();
        double score = 0.05 * market.objective.worthOfQuality().nanos() / 1e9;
        assertThat(better).isCloseTo(score, within(1e-9)); // nothing for the price
    }

    @Test
    void a_limit_of_cost_excludes_models_without_a_price_but_a_budget_does_not() {
        ModelName stranger = ModelName.of("openai/stranger");
        market.cards = List.of(Market.card(stranger, Set.of(), 5_000));
        market.unknown = UnknownPrice.ALLOW_AND_FLAG;
        market.left = Optional.of(Money.dollars("0.01"));
        assertThat(market.chosen()).isEqualTo(stranger);
        String why = "nobody knows its price, and the call may cost $0.02 at most";
        market.objective = Objective.QUALITY_FIRST.atMost(Money.dollars("0.02"));
        Decision refused = market.decide(1);
        assertThat(refused.explanation().candidates().get(0).excluded()).contains(why);
        assertThat(refused.refusal().orElseThrow().status()).isEqualTo(400);
        market.objective = Objective.QUALITY_FIRST;
        market.rules = Rules.read("relay: 1\nrules: [{id: cap, then: [{cost-limit: '0.02'}]}]");
        assertThat(market.decide(1).refusal().orElseThrow().message()).contains(why);
        market.cards = List.of(Market.card(stranger, Set.of(), 5_000), Market.card(WEAK, Set.of(), 5_000));
        assertThat(market.chosen()).isEqualTo(WEAK);
    }

    @Test
    void what_a_threshold_forbids_is_left_out_with_the_reason_however_few_attempts_there_may_be() {
        market.limits = new Policy.Limits(1, false);
        market.objective = Objective.QUALITY_FIRST;
        market.passed(new Enforcement.RestrictModels(Set.of(WEAK)));
        Decision decision = market.decide(1);
        String why = "the budget has passed 90 %, from where on only these models may be called: [openai/weak]";
        assertThat(decision.attempts())
                .extracting(attempt -> attempt.deployment().model())
                .containsExactly(WEAK, WEAK);
        assertThat(decision.explanation().reasons()).contains(why);
        assertThat(decision.explanation().candidates())
                .extracting(Candidate::model, candidate -> candidate.excluded().orElse(""))
                .contains(tuple(MIDDLE, why), tuple(STRONG, why));

        market.ill("weak-eu");
        market.ill("weak-us");
        assertThat(market.decide(1).refusal().orElseThrow().status()).isEqualTo(503); // it comes back
        market.needs = new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(STRONG), Optional.empty(), false);
        Decision.Refusal refusal = market.decide(1).refusal().orElseThrow();
        assertThat(refusal.status()).isEqualTo(402);
        assertThat(refusal.message()).startsWith(why + "\n  fix: let the call go to one of them");
        assertThat(refusal.threshold()).isEqualTo(Optional.of(market.thresholds.get(0)));
    }

    @Test
    void a_block_refuses_with_402_unless_the_call_could_never_be_answered() {
        market.passed(new Enforcement.Block());
        market.ill("weak-eu");
        market.left = Optional.of(Money.ZERO);
        Decision.Refusal refusal = market.decide(1).refusal().orElseThrow();
        assertThat(refusal.status()).isEqualTo(402);
        assertThat(refusal.message()).startsWith("the budget has passed 90 %, from where on calls are blocked");
        market.needs = new RouteRequest.Needs(Set.of(), Optional.of("mars"), Set.of(), Optional.empty(), false);
        assertThat(market.decide(1).refusal().orElseThrow().status()).isEqualTo(400);
    }

    @Test
    void the_counterfactual_says_what_half_the_budget_would_have_chosen() {
        market.objective = Objective.QUALITY_FIRST;
        market.left = Optional.of(Money.dollars("0.015"));
        Decision decision = market.decide(1);
        assertThat(decision.attempts().get(0).deployment().model()).isEqualTo(STRONG);
        assertThat(decision.explanation().withHalfTheBudget()).contains(MIDDLE);
    }

    @Test
    void a_model_without_a_price_is_not_chosen_unless_that_is_allowed() {
        ModelName stranger = ModelName.of("openai/stranger");
        market.cards = List.of(Market.card(stranger, Set.of(), 5_000));
        Decision refused = market.decide(1);
        assertThat(refused.refusal()).isPresent();
        assertThat(refused.explanation().candidates().get(0).excluded()).contains("the price book has no price of it");
        market.unknown = UnknownPrice.WORST_CASE;
        assertThat(market.decide(1).attempts().get(0).amount().orElseThrow()).isGreaterThan(Money.dollars("0.1"));
    }

    /** A model that has a rate for prompts only would cost nothing where the answer is what costs. */
    @Test
    void a_price_that_lacks_a_rate_which_the_call_needs_is_no_price() {
        ModelName partial = ModelName.of("openai/partial");
        market.book = Market.BOOK.with(partial, Rates.of(Map.of(Meter.INPUT, 0L)));
        market.cards = List.of(Market.card(partial, Set.of(), 5_000), Market.card(STRONG, Set.of(), 5_000));
        market.objective = Objective.COST_SAVING;
        Decision decision = market.decide(1);
        assertThat(decision.attempts())
                .extracting(attempt -> attempt.deployment().model())
                .containsOnly(STRONG);
        assertThat(decision.explanation().candidates().get(1).excluded())
                .contains("the price book has no price of its output");
        market.unknown = UnknownPrice.WORST_CASE;
        market.cards = List.of(Market.card(partial, Set.of(), 5_000));
        assertThat(market.decide(1).attempts().get(0).amount().orElseThrow()).isGreaterThan(Money.dollars("0.1"));
        market.unknown = UnknownPrice.ALLOW_AND_FLAG;
        assertThat(market.decide(1).attempts().get(0).amount()).isEmpty();
    }

    /** Earlier defect 27: a fallback to another provider kept the first one's model name. */
    @Test
    void earlier_defect_27_every_attempt_carries_the_name_its_own_provider_knows() {
        Policy policy = market.policy();
        for (Attempt attempt : market.decide(1).attempts()) {
            assertThat(policy.deployments()).contains(attempt.deployment());
            assertThat(attempt.deployment().id())
                    .startsWith(attempt.deployment().model().model());
        }
        assertThat(market.decide(1).attempts().stream()
                        .map(a -> a.deployment().model())
                        .distinct())
                .hasSize(3);
    }

    @Test
    void unavailable_deployments_are_passed_over() {
        market.objective = Objective.QUALITY_FIRST;
        market.ill("strong-eu");
        assertThat(market.decide(1).attempts().get(0).deployment().id()).isEqualTo("strong-us");
        market.ill("strong-us");
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        List.of("middle-eu", "middle-us", "weak-eu", "weak-us").forEach(market::ill);
        assertThat(market.decide(1).refusal().orElseThrow().status()).isEqualTo(503);
    }

    @Test
    void deployments_whose_rate_limits_are_used_up_come_after_all_others() {
        market.objective = Objective.QUALITY_FIRST;
        market.exhausted("strong-eu");
        assertThat(order()).startsWith("strong-us").endsWith("strong-eu").hasSize(6);
        market.exhausted("strong-us");
        assertThat(market.chosen()).isEqualTo(MIDDLE);
        assertThat(order().subList(4, 6)).containsExactlyInAnyOrder("strong-eu", "strong-us");
        assertThat(market.decide(1).explanation().reasons())
                .anyMatch(reason -> reason.contains("greatest value of 2 models"))
                .contains(STRONG + " comes last, because its rate limits are used up");
        assertThat(market.decide(1).propensities()).doesNotContainKey(STRONG);
        List.of("middle-eu", "middle-us", "weak-eu", "weak-us").forEach(market::exhausted);
        assertThat(market.chosen()).isEqualTo(STRONG); // better than nobody
        market.limits = new Policy.Limits(6, true);
        market.needs = new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), true);
        market.busy("strong-eu", 0);
        assertThat(market.decide(1).hedge()).isEmpty(); // nobody is hurried where nothing is left
        market.busy("strong-us", 0);
        assertThat(market.decide(1).hedge()).isPresent();
    }

    private List<String> order() {
        return market.decide(1).attempts().stream()
                .map(attempt -> attempt.deployment().id())
                .toList();
    }

    @Test
    void of_two_deployments_the_less_loaded_is_taken_and_a_conversation_stays_where_it_was() {
        market.busy("middle-eu", 9);
        market.busy("middle-us", 0);
        for (long seed = 0; seed < 20; seed++) {
            assertThat(market.decide(seed).attempts().get(0).deployment().id()).isEqualTo("middle-us");
        }
        market.health.clear();
        market.busy("middle-eu", 1);
        market.busy("middle-us", 1);
        Set<String> homes = new HashSet<>();
        for (int talk = 0; talk < 20; talk++) {
            market.needs =
                    new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.of("talk-" + talk), false);
            Set<String> places = new HashSet<>();
            for (long seed = 0; seed < 10; seed++) {
                places.add(market.decide(seed).attempts().get(0).deployment().id());
            }
            assertThat(places).hasSize(1);
            homes.addAll(places);
        }
        assertThat(homes).containsExactlyInAnyOrder("middle-eu", "middle-us");
    }

    @Test
    void a_hedge_is_another_deployment_of_the_same_model_and_only_for_calls_without_effects() {
        market.limits = new Policy.Limits(6, true);
        market.busy("middle-eu", 0);
        market.busy("middle-us", 0);
        assertThat(market.decide(1).hedge()).isEmpty();
        market.needs = new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), true);
        Decision decision = market.decide(1);
        Decision.Hedge hedge = decision.hedge().orElseThrow();
        Attempt first = decision.attempts().get(0);
        assertThat(hedge.attempt().deployment().model())
                .isEqualTo(first.deployment().model());
        assertThat(hedge.attempt().deployment()).isNotEqualTo(first.deployment());
        assertThat(hedge.after()).isEqualTo(Duration.ofSeconds(2));
        assertThat(decision.reservation())
                .isEqualTo(first.amount().orElseThrow().times(2));
        market.limits = new Policy.Limits(1, true);
        assertThat(market.decide(1).hedge()).isEmpty(); // it would be the second deployment
    }

    @Test
    void exploration_is_rare_conservative_and_its_propensities_are_those_of_the_draws() {
        market.exploration = new Exploration(0.2, 2);
        market.prediction = new Prediction(Map.of(
                STRONG, new Prediction.Quality(0.9, 1),
                MIDDLE, new Prediction.Quality(0.85, 1),
                WEAK, new Prediction.Quality(0.1, 500)));
        Map<ModelName, Double> propensities = market.decide(1).propensities();
        assertThat(propensities).containsOnlyKeys(STRONG, MIDDLE); // the weak one is known to be bad
        assertThat(propensities.values().stream().mapToDouble(p -> p).sum()).isCloseTo(1, within(1e-9));
        Map<ModelName, Integer> draws = new HashMap<>();
        for (long seed = 0; seed < 4_000; seed++) {
            draws.merge(market.decide(seed).attempts().get(0).deployment().model(), 1, Integer::sum);
        }
        propensities.forEach(
                (model, propensity) -> assertThat(draws.get(model) / 4_000.0).isCloseTo(propensity, within(0.03)));
    }

    @Property(tries = 100, seed = "20261122")
    void the_same_arguments_give_the_same_decision(@ForAll long seed) {
        Market one = new Market();
        Market other = new Market();
        one.exploration = other.exploration = new Exploration(0.5, 3);
        one.left = other.left = Optional.of(Money.dollars("0.03"));
        assertThat(one.decide(seed)).isEqualTo(other.decide(seed));
    }

    @Test
    void a_policy_that_contradicts_itself_is_refused() {
        Deployment lost = new Deployment("a", ModelName.of("openai/lost"), "", ServiceTier.STANDARD);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Policy(
                        List.of(),
                        List.of(lost),
                        Rules.NONE,
                        market.policy().prices(),
                        Exploration.NONE,
                        Policy.Limits.DEFAULT))
                .withMessageContaining("no card");
        assertThatIllegalArgumentException().isThrownBy(() -> new Exploration(0.51, 0));
        assertThatIllegalArgumentException().isThrownBy(() -> new Policy.Limits(0, false));
        assertThatIllegalArgumentException().isThrownBy(() -> Objective.BALANCED.atLeast(1.01));
    }
}
