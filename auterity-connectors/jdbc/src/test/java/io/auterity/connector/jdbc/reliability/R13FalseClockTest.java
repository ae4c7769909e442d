package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Effect;
import io.auterity.testkit.LedgerLine.Intended;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R13: of two processes that share a journal one has a wall clock that jumps by a second, an hour and a day, both ways,
 * under load; then it is killed with a clock that is wrong by a day, and the other one, whose clock is right all the time,
 * goes on. What waits is parked soon, so either of the two takes up what the other has let wait.
 */
@Tag("processes")
class R13FalseClockTest {

    /** Not lost when the machine stands still for a while: the ledger knows of no such disturbance. */
    private static final Duration LEASE = Duration.ofSeconds(10);

    private static final Duration NAP = Duration.ofSeconds(4);
    /** Before the second attempt; twice that before the third, which is the last. */
    private static final Duration RETRY = Duration.ofSeconds(1);

    /** Between the two: a nap is parked, a retry is not, so the ledger need not know that it may go from one to the other. */
    private static final Duration PARK_AFTER = Duration.ofSeconds(3);

    private static final int UNDER_WAY = 100;

    private static final Duration EARLY = Duration.ofSeconds(1);

    /** Much longer than a take-over takes, and much less than the clock is wrong by. */
    private static final Duration LATE = Duration.ofMinutes(1);

    private static final Duration ASKING = Duration.ofMillis(400);

    private static final List<Duration> OFFSETS = List.of(
            Duration.ofSeconds(-1),
            Duration.ofSeconds(1),
            Duration.ofHours(-1),
            Duration.ofHours(1),
            Duration.ofDays(-1),
            Duration.ofDays(1));

    @TempDir
    Path directory;

    @Test
    @Timeout(300)
    void R13_a_process_whose_clock_jumps_and_the_one_that_takes_over_from_it_keep_to_the_time_and_lose_nothing()
            throws Exception {
        FalseClock.requireInstalled();
        FalseClock clock = new FalseClock(directory);
        String[] options = options();
        try (Postgres server = new Postgres();
                Proof proof = new Proof("R13", directory);
                WorkerProcess right = proof.worker(server.store(), "right", 0, 1_000_000, LEASE, options);
                WorkerProcess wrong = proof.worker(clock, server.store(), "wrong", 1, 1_000_000, LEASE, options)) {
            right.awaitReady();
            wrong.awaitReady();
            long epoch = wrong.epoch();
            for (Duration offset : OFFSETS) {
                proof.awaitAccepted(UNDER_WAY / 2);
                Proof.pass(Duration.ofMillis(proof.random().nextInt(1_000)));
                set(clock, offset, wrong);
            }
            proof.awaitAccepted(UNDER_WAY / 2);
            assertThat(wrong.epoch()).as("the lease it has kept").isEqualTo(epoch);
            wrong.kill();
            proof.disturbed("kill -9");
            long takenOver = Timers.of(proof.lines()).waiting().stream()
                    .filter(run -> run.startsWith("wrong"))
                    .count();
            right.drain();
            Timers timers = Timers.of(proof.lines());
            System.out.printf(
                    "R13: %d timers, %d of them taken over, and a clock that jumped %d times: the earliest rang %d ms"
                            + " after its time, the latest %d ms%n",
                    timers.delays().size(), takenOver, OFFSETS.size(), timers.earliest(), timers.latest());
            proof.check(server.store());
            assertThat(timers.earliest()).isGreaterThanOrEqualTo(-EARLY.toMillis());
            assertThat(timers.latest()).isLessThanOrEqualTo(LATE.toMillis());
            assertThat(takenOver)
                    .as("runs that waited when their process was killed")
                    .isPositive();
        }
    }

    private static String[] options() {
        long booted = InstantSource.system().millis() - Worker.uptimeMillis();
        return new String[] {
            "-D" + Worker.BOOTED + "=" + booted,
            "-D" + Worker.NAP + "=" + NAP.toMillis(),
            "-D" + Worker.RETRY + "=" + RETRY.toMillis(),
            "-D" + Worker.PARK_AFTER + "=" + PARK_AFTER.toMillis(),
            "-D" + Worker.UNDER_WAY + "=" + UNDER_WAY
        };
    }

    /** Sets the clock, and sees that it is what the process reads. */
    private static void set(FalseClock clock, Duration offset, WorkerProcess process) throws InterruptedException {
        clock.wrongBy(offset);
        long before = InstantSource.system().millis();
        long shown = process.clock() - offset.toMillis();
        assertThat(shown)
                .as("what the process reads, but for %s", offset)
                .isBetween(before - ASKING.toMillis(), InstantSource.system().millis() + ASKING.toMillis());
    }

    /**
     * What the ledger says of timers.
     *
     * @param waiting the runs of which a step waits, for its time or for its next attempt
     * @param delays for each nap that is over, how much longer than asked for it took, in milliseconds
     */
    private record Timers(Set<String> waiting, List<Long> delays) {

        static Timers of(List<LedgerLine> lines) {
            Set<String> sleepy = new HashSet<>();
            Map<String, Long> since = new HashMap<>();
            Set<String> waiting = new HashSet<>();
            List<Long> delays = new ArrayList<>();
            for (LedgerLine line : lines) {
                if (line instanceof Intended run && run.workflow().equals("sleepy")) {
                    sleepy.add(run.run());
                } else if (line instanceof Effect effect && sleepy.contains(effect.run())) {
                    if (effect.step().equals("before")) {
                        since.put(effect.run(), effect.at());
                        waiting.add(effect.run());
                    } else if (waiting.remove(effect.run())) {
                        long took = effect.at() - Objects.requireNonNull(since.get(effect.run()));
                        delays.add(took - NAP.toMillis());
                    }
                } else if (line instanceof Effect effect && effect.step().equals("shaky") && effect.attempt() < 3) {
                    waiting.add(effect.run());
                } else if (line instanceof Effect effect) {
                    waiting.remove(effect.run());
                }
            }
            return new Timers(waiting, delays);
        }

        long earliest() {
            return delays.stream().mapToLong(Long::longValue).min().orElseThrow();
        }

        long latest() {
            return delays.stream().mapToLong(Long::longValue).max().orElseThrow();
        }
    }
}
