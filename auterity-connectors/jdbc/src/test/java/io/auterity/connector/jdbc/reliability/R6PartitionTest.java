package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.Fault;
import io.auterity.testkit.Fault.Direction;
import io.auterity.testkit.FaultProxy;
import io.auterity.testkit.LedgerLine;
import io.auterity.testkit.LedgerLine.Effect;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * R6 and R7: whatever the network between an engine and PostgreSQL does, nothing is lost and nothing is completed twice;
 * not even when the connection ends between a commit and its reply.
 */
@Tag("processes")
class R6PartitionTest {

    private static final Duration LEASE = Duration.ofSeconds(2);
    private static final int ALL_RUNS = 1_000_000;

    @TempDir
    Path directory;

    private static final List<Fault> MODES = List.of(
            new Fault.Refuse(),
            new Fault.Reset(),
            new Fault.BlackHole(),
            new Fault.Drop(Direction.TO_SERVER),
            new Fault.Drop(Direction.TO_CLIENT),
            new Fault.Delay(Duration.ofMillis(300)),
            new Fault.Throttle(1_000),
            new Fault.CutAfter(Direction.TO_SERVER, 1),
            new Fault.CutAfter(Direction.TO_SERVER, 3_000),
            new Fault.CutAfter(Direction.TO_CLIENT, 1),
            new Fault.CutAfter(Direction.TO_CLIENT, 300),
            new Fault.CutBeforeReply(0));

    @Test
    @Timeout(300)
    void R6_no_way_of_breaking_the_network_loses_or_doubles_anything() throws Exception {
        partition("R6", MODES, R6PartitionTest::fail);
    }

    @Test
    @Timeout(300)
    void R7_no_commit_whose_reply_is_lost_is_lost_or_doubled() throws Exception {
        partition("R7", Collections.nCopies(200, new Fault.CutBeforeReply(3)), R6PartitionTest::awaitCut);
    }

    @Test
    @Tag("nightly")
    @Timeout(2 * 60 * 60)
    void R7_five_thousand_cuts() throws Exception {
        partition("R7", Collections.nCopies(5_000, new Fault.CutBeforeReply(3)), R6PartitionTest::awaitCut);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void R6_five_hundred_faults() throws Exception {
        List<Fault> modes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            modes.add(MODES.get(i % MODES.size()));
        }
        partition("R6", modes, R6PartitionTest::fail);
    }

    /** What cuts an engine off for longer than its lease: silence, and a way that its writes can go but no reply can come. */
    private static final List<Fault> SILENCES = List.of(new Fault.BlackHole(), new Fault.Drop(Direction.TO_CLIENT));

    @Test
    @Timeout(300)
    void R6_a_survivor_takes_over_from_an_engine_that_is_cut_off_for_longer_than_its_lease() throws Exception {
        takeOver(1);
    }

    @Test
    @Tag("nightly")
    @Timeout(60 * 60)
    void R6_a_survivor_takes_over_fifty_times() throws Exception {
        takeOver(25);
    }

    /** An engine behind the proxy, which is cut off, and another one that is not. */
    private void takeOver(int times) throws Exception {
        try (Postgres server = new Postgres();
                FaultProxy proxy =
                        FaultProxy.postgres(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                Proof proof = new Proof("R6 take-over", directory);
                WorkerProcess survivor = proof.worker(server.store(), "survivor", 1, 0, LEASE);
                WorkerProcess victim = proof.worker(Postgres.store(proxy.port()), "victim", 2, ALL_RUNS, LEASE)) {
            survivor.awaitReady();
            victim.awaitReady();
            List<CutOff> all = new ArrayList<>();
            for (int i = 0; i < times; i++) {
                for (Fault fault : SILENCES) {
                    proof.awaitAccepted(30);
                    CutOff cutOff =
                            new CutOff(victim.epoch(), InstantSource.system().millis());
                    all.add(cutOff);
                    proof.disturbed(fault.toString());
                    proxy.set(fault);
                    Proof.await(
                            () -> {
                                // The victim trusts its lease for a while, and the survivor has to wait for its end.
                                proof.disturbed("cut off");
                                Proof.pass(LEASE.dividedBy(20));
                                return cutOff.isOver() && cutOff.isTakenOver(proof.lines());
                            },
                            "nobody took over what was cut off by " + fault);
                    proxy.heal();
                    proof.disturbed("healed");
                    Proof.await(() -> victim.epoch() != cutOff.epoch(), "the victim did not find out");
                }
            }
            WorkerProcess.drain(List.of(survivor, victim));
            proof.check(server.store());
            List<Effect> late = effects(proof.lines())
                    .filter(effect -> all.stream().anyMatch(cutOff -> cutOff.isLate(effect)))
                    .toList();
            System.out.printf(
                    "R6 take-over: %d times cut off, %d late effects, %d writes refused%n",
                    all.size(), late.size(), victim.fenced());
            assertThat(late)
                    .as("effects of an engine that was cut off, after its lease")
                    .isEmpty();
            assertThat(victim.fenced())
                    .as("writes of the victim that were refused")
                    .isPositive();
        }
    }

    private static Stream<Effect> effects(List<LedgerLine> lines) {
        return lines.stream().filter(Effect.class::isInstance).map(Effect.class::cast);
    }

    /** When an engine was cut off, and the epoch it had. */
    private record CutOff(long epoch, long since) {

        /** Whether two and a half leases have passed. */
        boolean isOver() {
            return InstantSource.system().millis() - since >= 5 * LEASE.toMillis() / 2;
        }

        /** Whether another lease has had an effect in a run of the victim's since, which has got none meanwhile. */
        boolean isTakenOver(List<LedgerLine> lines) {
            return effects(lines)
                    .anyMatch(effect -> effect.epoch() != epoch
                            && effect.at() > since
                            && effect.run().startsWith("victim-"));
        }

        /** Whether an effect began when the lease had ended, with some time for a thread that does not get on. */
        boolean isLate(Effect effect) {
            return effect.epoch() == epoch && effect.at() > since + 3 * LEASE.toMillis() / 2;
        }
    }

    /** What follows when a fault has begun. */
    private interface Aftermath {
        void follow(FaultProxy proxy, Proof proof, long cutsBefore);
    }

    /** Lets a fault be for longer than a third of the lease, when the engine would renew it. */
    private static void fail(FaultProxy proxy, Proof proof, long cuts) {
        Proof.pass(LEASE.dividedBy(2));
        proxy.heal();
        proof.disturbed("healed");
        proof.awaitAccepted(3);
    }

    private static void awaitCut(FaultProxy proxy, Proof proof, long cuts) {
        Proof.await(() -> proxy.cuts() > cuts, "no reply came by");
    }

    private void partition(String name, List<Fault> faults, Aftermath then) throws Exception {
        try (Postgres server = new Postgres();
                FaultProxy proxy =
                        FaultProxy.postgres(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.port()));
                Proof proof = new Proof(name, directory);
                WorkerProcess worker = proof.worker(Postgres.store(proxy.port()), "engine", 1, ALL_RUNS, LEASE)) {
            worker.awaitReady();
            List<Fault> shuffled = new ArrayList<>(faults);
            Collections.shuffle(shuffled, proof.random());
            for (Fault fault : shuffled) {
                long cuts = proxy.cuts();
                proof.disturbed(fault.toString());
                proxy.set(fault);
                then.follow(proxy, proof, cuts);
            }
            proxy.heal();
            worker.drain();
            proof.check(server.store());
            assertThat(proxy.cuts()).isPositive();
            System.out.printf("%s: %d faults, %d cuts%n", name, faults.size(), proxy.cuts());
        }
    }
}
