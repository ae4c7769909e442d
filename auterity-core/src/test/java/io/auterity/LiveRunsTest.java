package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.LiveRun.Family;
import io.auterity.compile.Compiler;
import io.auterity.compile.Signature;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.event.EventDispatcher;
import io.auterity.expression.Type;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.NoJournal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.plan.Plan;
import io.auterity.run.Bindings;
import io.auterity.run.NoChildren;
import io.auterity.run.Pace;
import io.auterity.run.Pulse;
import io.auterity.run.RunPorts;
import io.auterity.run.RunSettings;
import io.auterity.run.Tenure;
import io.auterity.run.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

/** Runs that come in, are let go of, and meet an engine that closes: each is here once and leaves no place taken. */
class LiveRunsTest {

    private static final RunId ID = RunId.of("one");
    private static final Registry.Registered FLOW = flow();

    private final World world = new World();

    @Test
    void of_two_with_one_id_the_first_is_here() {
        LiveRun<?> first = world.run(ID);
        assertThat(world.enter(first)).isSameAs(first);
        assertThat(world.enter(world.run(ID))).isSameAs(first);
        assertThat(world.begun).hasValue(1);

        world.live.leave(first);
        assertThat(world.live.get(ID)).isNull();
        world.requireFree();
    }

    @Test
    void who_finds_one_that_then_gets_no_place_is_told() {
        world.enter(world.run(RunId.of("other")));
        LiveRun<?> run = world.run(ID);

        assertThatThrownBy(() -> world.enter(run))
                .isInstanceOfSatisfying(
                        EngineException.class, e -> assertThat(e.code()).isEqualTo(EngineException.FULL));
        assertThat(world.live.get(ID)).isNull();
        assertThat(run.acceptance()).isCompletedExceptionally();
    }

    @Test
    void one_that_was_let_go_of_on_its_way_in_leaves_no_place_taken() {
        LiveRun<?> run = world.run(ID);
        run.abandon();
        world.enter(run);

        world.requireFree();
    }

    @RepeatedTest(200)
    void one_that_comes_while_the_engine_closes_is_refused_or_seen() throws Exception {
        LiveRun<?> run = world.run(ID);
        CyclicBarrier both = new CyclicBarrier(2);
        CompletableFuture<Boolean> refused = CompletableFuture.supplyAsync(() -> {
            await(both);
            return world.isRefused(run);
        });
        await(both);
        world.live.close();
        boolean seen = world.live.all().contains(run);

        boolean isRefused = refused.get(60, TimeUnit.SECONDS);
        assertThat(isRefused || seen)
                .as("whoever closes has seen the run, or it was refused")
                .isTrue();
        assertThat(world.begun).hasValue(isRefused ? 0 : 1);
        assertThat(world.live.all().contains(run)).isNotEqualTo(isRefused);
    }

    private static void await(CyclicBarrier both) {
        try {
            both.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException | BrokenBarrierException | TimeoutException e) {
            throw new AssertionError(e);
        }
    }

    private static Registry.Registered flow() {
        Plan plan = Compiler.builder()
                .build()
                .compile(new DefinitionReader()
                        .read("auterity: 1\nid: flow\nsteps:\n  a: {value: 1}\n")
                        .definition());
        Bindings bindings = new Bindings(List.of(), List.of(), name -> Optional.empty(), new NoChildren(), new Pace());
        Signature signature = new Signature(Map.of(), Type.ANY, Set.of());
        return new Registry.Registered(plan, signature, bindings, Optional.empty());
    }

    /** An engine's runs without the engine: nobody executes what they want to do. */
    private static final class World implements LiveRun.Ending {

        private final LiveRuns live = new LiveRuns(1, 0);
        private final AtomicInteger begun = new AtomicInteger();

        LiveRun<?> run(RunId id) {
            Timer timer = (delay, task) -> () -> {};
            NoJournal journal = new NoJournal();
            Tenure tenure = new Tenure(journal.open("engine", Duration.ofMinutes(1)), () -> true, Duration.ZERO);
            EventDispatcher events = new EventDispatcher(List.of(), task -> {}, 1);
            InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1_000));
            RunPorts ports =
                    new RunPorts(clock, new Random(1), timer, task -> {}, journal, tenure, events, new Pulse(timer));
            RunSettings settings = new RunSettings(id, Map.of(), Origin.NONE, RunSettings.Limits.DEFAULT);
            LiveRun<?> run =
                    new LiveRun<>(FLOW, settings, Family.NONE, ports, output -> output, this, none -> Optional.empty());
            run.loop().awaitRecord();
            return run;
        }

        LiveRun<?> enter(LiveRun<?> run) {
            return live.enter(run, place -> {
                begun.incrementAndGet();
                run.resume(place, List.of());
            });
        }

        boolean isRefused(LiveRun<?> run) {
            try {
                enter(run);
                return false;
            } catch (EngineException refused) {
                return true;
            }
        }

        void requireFree() {
            assertThat(isRefused(run(RunId.of("next"))))
                    .as("nothing holds the only place")
                    .isFalse();
        }

        @Override
        public boolean lost(LiveRun<?> run, Throwable why, List<RunMessage> undelivered) {
            live.leave(run);
            return false;
        }

        @Override
        public CompletionStage<Void> ending(LiveRun<?> run, RunStatus status, Failure failure) {
            throw new AssertionError("no run ends");
        }

        @Override
        public void ended(LiveRun<?> run, RunStatus status, @Nullable Object output, @Nullable Failure failure) {
            throw new AssertionError("no run ends");
        }

        @Override
        public void parked(LiveRun<?> run, List<RunMessage> undelivered, List<RunId> children) {
            throw new AssertionError("no run is parked");
        }

        @Override
        public void awaited(RunId run) {}
    }
}
