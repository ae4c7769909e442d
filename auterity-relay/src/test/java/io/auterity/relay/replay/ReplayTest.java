package io.auterity.relay.replay;

import static io.auterity.relay.replay.LoggedWorld.CHEAP;
import static io.auterity.relay.replay.LoggedWorld.CHEAP_SCORE;
import static io.auterity.relay.replay.LoggedWorld.DEAR;
import static io.auterity.relay.replay.LoggedWorld.DEAR_SCORE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.Money;
import io.auterity.relay.rules.Rules;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A log decided again: by the same policy, and by others whose cost and score are known. */
class ReplayTest {

    /** Takes the dear model for one call in five, not knowing how much better it is. */
    private static final Policy LOGGED = LoggedWorld.policy(0.4, Rules.NONE);

    private static final Policy ONLY_DEAR = LoggedWorld.policy(0, Rules.read("""
            relay: 1
            rules: []
            default: [{models: [openai/dear]}]
            """));

    private static List<LoggedCall> log(int calls, long seed) {
        return new LoggedWorld()
                .calls(calls, LOGGED, Objective.COST_SAVING, seed)
                .read();
    }

    @Test
    void what_another_policy_would_have_cost_and_scored_is_found_from_the_log() {
        Replay replay = Replay.of(log(4_000, 5), ONLY_DEAR, 1);

        assertThat(replay.tried()).isEqualTo(1);
        assertThat(replay.decisions().after()).containsOnlyKeys(DEAR).containsValue(4_000);
        assertThat(replay.decisions().before().get(CHEAP)).isBetween(3_000, 3_400);
        assertThat(replay.cost().orElseThrow().doublyRobust().mean()).isCloseTo(0.02, within(1e-9));
        assertThat(replay.score().orElseThrow()).satisfies(score -> {
            assertThat(score.used()).isEqualTo(4_000);
            assertThat(score.doublyRobust().low()).isLessThan(DEAR_SCORE);
            assertThat(score.doublyRobust().high()).isGreaterThan(DEAR_SCORE);
            assertThat(score.snips().mean()).isCloseTo(DEAR_SCORE, within(0.04));
            assertThat(score.ips().mean()).isCloseTo(DEAR_SCORE, within(0.1));
        });
    }

    @Test
    void what_the_log_could_not_have_chosen_is_said() {
        Policy strict = LoggedWorld.policy(0, Rules.NONE);
        List<LoggedCall> calls =
                new LoggedWorld().calls(50, strict, Objective.COST_SAVING, 5).read();
        Replay replay = Replay.of(calls, ONLY_DEAR, 1);

        assertThat(replay.tried()).isZero();
        assertThat(replay.score().orElseThrow().ips().mean()).isZero();
        assertThat(replay.score().orElseThrow().doublyRobust().mean()).isEqualTo(0.7, within(1e-9)); // as predicted
        assertThat(String.join("\n", replay.text()))
                .contains("0.0 % of the choices are such as the log could have made");
    }

    @Test
    void a_policy_that_refuses_calls_is_said_to_refuse_them() {
        Policy none = LoggedWorld.policy(0, Rules.read("""
                relay: 1
                rules: [{id: odd, when: {field: number, gte: 30}, then: [{reject: {status: 403, message: no}}]}]
                """));
        Replay replay = Replay.of(log(50, 5), none, 1);
        assertThat(replay.decisions().refused()).isEqualTo(20);
        assertThat(Replay.of(
                                new LoggedWorld()
                                        .calls(50, none, Objective.COST_SAVING, 5)
                                        .read(),
                                none,
                                1)
                        .decisions()
                        .same())
                .isEqualTo(50);
    }

    @Test
    void the_same_log_policy_and_seed_give_the_same_report() {
        List<LoggedCall> calls = log(300, 5);
        Replay replay = Replay.of(calls, ONLY_DEAR, 9);
        assertThat(Replay.of(calls, ONLY_DEAR, 9)).isEqualTo(replay);
        assertThat(Json.write(replay.json())).contains("\"doublyRobust\":{\"mean\":");
        assertThat(Replay.of(calls, ONLY_DEAR, 10)).isNotEqualTo(replay);
    }

    @Test
    void savings_stand_beside_the_best_and_the_cheapest_model() {
        List<LoggedCall> calls = log(2_000, 5);
        Savings savings = Savings.of(calls, LOGGED, 1);

        Savings.Comparison best = savings.comparisons().get(0);
        Savings.Comparison cheapest = savings.comparisons().get(1);
        double spent = savings.spent().nanos() / 1e9 / 2_000;
        assertThat(best.name()).isEqualTo("always-best");
        assertThat(best.model()).isEqualTo(DEAR);
        assertThat(best.saved().mean()).isCloseTo(0.02 - spent, within(1e-9));
        assertThat(best.saved().low()).isLessThan(best.saved().mean());
        assertThat(best.share()).isCloseTo(1 - spent / 0.02, within(1e-9));
        assertThat(cheapest.model()).isEqualTo(CHEAP);
        assertThat(cheapest.saved().mean())
                .isCloseTo(0.002 - spent, within(1e-9))
                .isNegative();
        double logged = calls.stream()
                .mapToDouble(call -> call.score().orElseThrow())
                .average()
                .orElseThrow();
        assertThat(best.score().orElseThrow().mean()).isCloseTo(DEAR_SCORE - logged, within(0.05));
        assertThat(cheapest.score().orElseThrow().mean()).isCloseTo(CHEAP_SCORE - logged, within(0.05));
        assertThat(String.join("\n", savings.text()))
                .contains("2000 answered chats cost $", "always-best (openai/dear): saved $0.0", "% of its cost");
        assertThat(Json.write(savings.json())).contains("\"always-cheapest\":{\"model\":\"openai/cheap\"");
    }

    @Test
    void an_empty_log_has_no_savings() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Savings.of(List.of(), LOGGED, 1))
                .withMessageContaining("no answered chat");
        assertThat(Replay.of(List.of(), LOGGED, 1).spent()).isEqualTo(Money.ZERO);
    }

    @Test
    void a_line_that_is_none_is_named_and_a_last_one_cut_short_passed_over() {
        List<String> lines = new LoggedWorld().calls(2, LOGGED, Objective.COST_SAVING, 5).lines;
        String last = lines.get(lines.size() - 1);
        lines.set(lines.size() - 1, last.substring(0, last.length() / 2));
        List<LoggedCall> calls = LoggedCall.read(lines.stream());
        assertThat(calls).hasSize(2);
        assertThat(calls.get(0).score()).isPresent();
        assertThat(calls.get(1).score()).isEmpty();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoggedCall.read(Stream.of("{\"request\": \"q\"}")))
                .withMessageContaining("line 1 is not of a decision log: 'line' has no 'event'");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> LoggedCall.read(Stream.of("", "{", "{}")))
                .withMessageContaining("line 2 is no JSON");
    }

    @Test
    void lines_that_cannot_be_read_are_left_out_and_told() {
        List<String> whole = new LoggedWorld().calls(3, LOGGED, Objective.COST_SAVING, 5).lines;
        List<String> lines = new ArrayList<>(whole);
        int decided = lines.size() / 3; // where the second call begins
        lines.set(decided, lines.get(decided).substring(0, 90));
        lines.add(1, "{\"request\": \"q\"}");
        List<String> skipped = new ArrayList<>();

        List<LoggedCall> calls = LoggedCall.read(lines.stream(), skipped::add);

        List<LoggedCall> all = LoggedCall.read(whole.stream());
        assertThat(calls).containsExactly(all.get(0), all.get(2));
        assertThat(skipped)
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("line 2 is not of a decision log: "),
                        line -> assertThat(line).startsWith("line " + (decided + 2) + " is no JSON: "));
    }

    @Test
    void an_attempt_that_cannot_be_read_leaves_no_half_of_itself() {
        List<String> lines = new ArrayList<>(new LoggedWorld().calls(1, LOGGED, Objective.COST_SAVING, 5).lines);
        List<LoggedCall> calls = LoggedCall.read(lines.stream());
        String attempted = lines.stream()
                .filter(line -> line.contains("\"attempted\""))
                .findFirst()
                .orElseThrow();
        lines.add(lines.indexOf(attempted), attempted.replaceAll("\"cost\":\\d+", "\"cost\":\"many\""));

        assertThat(LoggedCall.read(lines.stream())).isEqualTo(calls);
    }
}
