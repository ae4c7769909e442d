package io.auterity.relay.quality;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.within;

import io.auterity.relay.money.ModelName;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Estimates of a policy that was never used, against the truth of a world that is known. */
class OffPolicyTest {

    private static final ModelName A = ModelName.of("x/a");
    private static final ModelName B = ModelName.of("x/b");
    private static final double TRUTH = 0.8 * 0.3 + 0.2 * 0.7;

    @Test
    void the_estimators_find_the_truth() {
        OffPolicy.Report report = OffPolicy.evaluate(log(20_000, 3, 0.3, 0.7), choice -> target(), 7);
        assertThat(report.ips().mean()).isCloseTo(TRUTH, within(0.03));
        assertThat(report.snips().mean()).isCloseTo(TRUTH, within(0.03));
        assertThat(report.doublyRobust().mean()).isCloseTo(TRUTH, within(0.03));
        assertThat(report.used()).isEqualTo(20_000);
    }

    @Test
    void the_doubly_robust_one_also_does_with_wrong_predictions_and_is_the_narrowest_with_right_ones() {
        OffPolicy.Report wrong = OffPolicy.evaluate(log(20_000, 4, 0.9, 0.1), choice -> target(), 7);
        assertThat(wrong.doublyRobust().mean()).isCloseTo(TRUTH, within(0.04));
        OffPolicy.Report right = OffPolicy.evaluate(log(2_000, 5, 0.3, 0.7), choice -> target(), 7);
        assertThat(width(right.doublyRobust())).isLessThan(width(right.ips()));
    }

    /** Of intervals that are to hold the truth 95 times of 100, nearly as many do. */
    @Test
    void the_intervals_cover_the_truth() {
        int covered = 0;
        for (int world = 0; world < 100; world++) {
            OffPolicy.Estimate estimate = OffPolicy.evaluate(log(400, 100 + world, 0.3, 0.7), choice -> target(), world)
                    .doublyRobust();
            covered += estimate.low() <= TRUTH && TRUTH <= estimate.high() ? 1 : 0;
        }
        assertThat(covered).isBetween(88, 100);
    }

    @Test
    void the_same_seed_gives_the_same_report_and_unscored_choices_are_left_out() {
        List<LoggedChoice> log = new ArrayList<>(log(50, 1, 0.3, 0.7));
        OffPolicy.Report before = OffPolicy.evaluate(log, choice -> target(), 9);
        log.add(new LoggedChoice("later", "", A, Map.of(A, 1.0), Map.of(), Optional.empty()));
        assertThat(OffPolicy.evaluate(log, choice -> target(), 9)).isEqualTo(before);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> OffPolicy.evaluate(log.subList(50, 51), choice -> target(), 9));
    }

    private static double width(OffPolicy.Estimate estimate) {
        return estimate.high() - estimate.low();
    }

    /** Calls A in 80 of 100 cases, the logged policy called B in 80. */
    private static Map<ModelName, Double> target() {
        return Map.of(A, 0.8, B, 0.2);
    }

    private static List<LoggedChoice> log(int size, long seed, double predictedA, double predictedB) {
        Random random = new Random(seed);
        List<LoggedChoice> log = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            boolean isA = random.nextDouble() < 0.2;
            double score = random.nextDouble() < (isA ? 0.3 : 0.7) ? 1 : 0;
            log.add(new LoggedChoice(
                    "q" + i,
                    "",
                    isA ? A : B,
                    Map.of(A, 0.2, B, 0.8),
                    Map.of(A, predictedA, B, predictedB),
                    Optional.of(score)));
        }
        return log;
    }
}
