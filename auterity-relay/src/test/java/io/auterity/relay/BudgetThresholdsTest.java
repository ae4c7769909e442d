package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static io.auterity.relay.StubServer.status;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.auterity.relay.budget.Account;
import io.auterity.relay.budget.Balance;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Enforcement;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Threshold;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.replay.DecisionLog;
import io.auterity.relay.replay.LoggedCall;
import io.auterity.relay.replay.Replay;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a relay does when a budget has passed a threshold, over real sockets. A rule prefers the dearest model. */
class BudgetThresholdsTest {

    private static final String PASSED = "the DAILY budget of tenant:acme has passed 10 %, from where on ";

    private final List<String> log = new ArrayList<>();
    private Office office;

    @BeforeEach
    void open() throws Exception {
        office = new Office();
        office.listeners.add(new DecisionLog(log::add, true));
        office.rules = Rules.read("""
            relay: 1
            rules: []
            default: [{models: [local/llama, anthropic/claude, openai/first]}]
            """);
        office.stub.on("llama", says("dear", 10, 1_000)); // for $0.04004
        office.stub.on("first", says("cheap", 10, 10));
        office.stub.on("claude", status(500, "{}"));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    /** A relay whose budget of $0.40 a day has passed its threshold, by one call. */
    private Relay passing(Enforcement enforcement) {
        office.budget =
                Budget.of(Office.ACME, Period.DAILY, Money.dollars("0.40")).at(10, enforcement);
        Relay relay = office.relay();
        assertThat(relay.call(office.request("before")).answer().text()).isEqualTo("dear");
        return relay;
    }

    @Test
    void from_a_downgrade_on_the_cheapest_model_answers() {
        Relay relay = passing(new Enforcement.Downgrade());

        Reply reply = relay.call(office.request("after"));

        assertThat(reply.deployment().model()).isEqualTo(Office.FIRST);
        assertThat(reply.explanation().reasons())
                .contains(PASSED + "the cheapest model that would do is called")
                .anyMatch(reason -> reason.startsWith("openai/first is the cheapest of 3 models"));
        assertThat(relay.stream(office.request("after"), text -> {})
                        .deployment()
                        .model())
                .isEqualTo(Office.FIRST);
        office.now = office.now.plus(Duration.ofDays(1));
        assertThat(relay.call(office.request("tomorrow")).deployment().model()).isEqualTo(Office.LOCAL);
    }

    @Test
    void dearer_models_answer_under_a_downgrade_if_the_cheaper_ones_fail() {
        Relay relay = passing(new Enforcement.Downgrade());
        office.stub.on("first", status(500, "{}"));

        Reply reply = relay.call(office.request("after"));

        assertThat(reply.deployment().model()).isEqualTo(Office.LOCAL);
        assertThat(office.stub.models()).containsExactly("llama", "first", "claude", "llama");
    }

    @Test
    void a_restriction_leaves_out_the_other_models_however_few_deployments_may_be_tried() {
        office.limits = new Policy.Limits(1, false);
        Relay relay = passing(new Enforcement.RestrictModels(Set.of(Office.FIRST)));

        Reply reply = relay.call(office.request("after"));

        String why = PASSED + "only these models may be called: [openai/first]";
        assertThat(reply.deployment().model()).isEqualTo(Office.FIRST);
        assertThat(reply.explanation().reasons()).contains(why);
        assertThat(relay.explain(office.request("after")).explanation().candidates())
                .filteredOn(candidate -> candidate.excluded().isPresent())
                .extracting(
                        Decision.Candidate::model,
                        candidate -> candidate.excluded().orElseThrow())
                .containsExactlyInAnyOrder(tuple(Office.LOCAL, why), tuple(Office.CLAUDE, why));
    }

    @Test
    void a_restriction_to_models_that_would_not_do_refuses_the_call() {
        Relay relay = passing(new Enforcement.RestrictModels(Set.of(ModelName.of("openai/other"))));
        assertRefused(relay, "AUT-L003", "only these models may be called: [openai/other]\n  fix: let the call go to");
    }

    @Test
    void a_block_refuses_every_call_and_an_explanation_says_so() {
        Relay relay = passing(new Enforcement.Block());
        assertRefused(relay, "AUT-L003", "calls are blocked\n  fix: raise the budget");
        Decision.Refusal refusal =
                relay.explain(office.request("after")).refusal().orElseThrow();
        assertThat(refusal.status()).isEqualTo(402);
        assertThat(refusal.message()).startsWith(PASSED + "calls are blocked");
        assertThat(relay.countTokens(office.request("after"))).isPositive(); // which costs nothing
    }

    @Test
    void a_call_that_needs_an_approval_is_made_once_it_has_one() {
        Relay relay = passing(new Enforcement.RequireApproval());
        assertRefused(relay, "AUT-L004", "calls need an approval\n  fix: have it approved");
        assertThat(relay.explain(office.request("after")).explanation().reasons())
                .contains(PASSED + "calls need an approval");
        RelayRequest request = office.request("after");
        assertThat(relay.call(request.with(request.limits().approved()))
                        .answer()
                        .text())
                .isEqualTo("dear");
    }

    @Test
    void a_notice_changes_nothing_and_is_told_once_in_a_period() {
        List<String> told = new ArrayList<>();
        office.budgetListener = new BudgetListener() {
            @Override
            public void onThreshold(Budget budget, Account account, Threshold threshold, Balance balance) {
                told.add(account.payer() + " " + threshold.percent() + " " + balance.spent());
            }
        };
        Relay relay = passing(new Enforcement.Notify());
        assertThat(relay.call(office.request("after")).explanation().reasons())
                .noneMatch(reason -> reason.contains("passed"));
        office.now = office.now.plus(Duration.ofDays(1));
        relay.call(office.request("tomorrow"));
        assertThat(told).containsExactly("tenant:acme 10 $0.04004", "tenant:acme 10 $0.04004");
    }

    @Test
    void what_was_in_force_is_in_the_log_and_decided_again() {
        for (Enforcement enforcement : List.of(
                new Enforcement.Downgrade(),
                new Enforcement.RestrictModels(Set.of(Office.FIRST, Office.CLAUDE)),
                new Enforcement.RequireApproval(),
                new Enforcement.Block())) {
            log.clear();
            Relay relay = passing(enforcement);
            RelayRequest request = office.request("after");
            try {
                relay.call(request.with(request.limits().approved()));
            } catch (BudgetException blocked) {
                assertThat(enforcement).isEqualTo(new Enforcement.Block());
            }
            List<LoggedCall> calls = LoggedCall.read(log.stream());
            assertThat(calls).hasSize(2);
            assertThat(calls.get(0).situation().state().allowance().thresholds())
                    .isEmpty();
            assertThat(calls.get(1).situation().state().allowance().thresholds())
                    .singleElement()
                    .satisfies(passed -> assertThat(passed.threshold()).isEqualTo(new Threshold(10, enforcement)));
            assertThat(Replay.of(calls, office.policy(), 1).decisions().same()).isEqualTo(2);
        }
    }

    @Test
    void the_form_in_which_a_log_has_thresholds_stays() {
        Relay relay = passing(new Enforcement.RestrictModels(Set.of(Office.FIRST, Office.CLAUDE)));
        String before = log.get(0);
        assertThat(before).contains("\"thresholds\":[],");
        assertThat(LoggedCall.read(Stream.of(before.replace("\"thresholds\":[],", "")))) // from before there were any
                .singleElement()
                .satisfies(call -> assertThat(call.situation())
                        .isEqualTo(LoggedCall.read(Stream.of(before)).get(0).situation()));
        log.clear();
        relay.call(office.request("after"));
        assertThat(log.get(0))
                .contains("\"thresholds\":[{\"budget\":\"the DAILY budget of tenant:acme\",\"percent\":10,"
                        + "\"enforcement\":\"RestrictModels\",\"models\":[\"anthropic/claude\",\"openai/first\"]}]");
    }

    private void assertRefused(Relay relay, String code, String why) {
        int before = office.stub.received().size();
        assertThatThrownBy(() -> relay.call(office.request("after")))
                .isInstanceOfSatisfying(
                        BudgetException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageStartingWith(PASSED + why);
        assertThat(office.stub.received()).hasSize(before);
    }
}
