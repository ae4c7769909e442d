package io.auterity.connector.jdbc.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.testkit.Fault;
import io.auterity.testkit.Fault.Direction;
import io.auterity.testkit.FaultProxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
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
    @Timeout(60 * 60)
    void R6_five_hundred_faults() throws Exception {
        List<Fault> modes = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            modes.add(MODES.get(i % MODES.size()));
        }
        partition("R6", modes, R6PartitionTest::fail);
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
