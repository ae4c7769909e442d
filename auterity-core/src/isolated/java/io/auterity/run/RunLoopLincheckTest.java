package io.auterity.run;

import static io.auterity.Interleaved.check;
import static io.auterity.Interleaved.parallel;

import io.auterity.Invocations;
import io.auterity.WarmUp;
import io.auterity.compile.Compiler;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.event.EventDispatcher;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.NoJournal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.plan.Plan;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * R22: Whole runs on threads that take turns in every order that is tried: offers are taken, helpers summoned in time,
 * and the end is told once. A run that forgets an attempt never ends, which shows as a missing end here.
 */
@Tag("isolated")
class RunLoopLincheckTest {

    private static final int INVOCATIONS =
            Invocations.atLeast(400) / 4; // for each of the four tests: one costs a hundred times that of others

    private static final Plan JOIN = plan("""
        steps:
          a: {value: 1}
          b: {value: 2}
          c: {value: "${{ steps.a.output + steps.b.output }}"}
        output: ${{ steps.c.output }}
        """);

    private static final Plan SIGNAL = plan("""
        steps:
          a: {await: {signal: go}}
          b: {value: 2}
        output: ${{ steps.a.output + steps.b.output }}
        """);

    @BeforeAll
    static void rewriteTheClasses() {
        WarmUp.rewriteClasses(() -> Lincheck.runConcurrentTest(1, () -> {
            World world = new World(0);
            world.start(JOIN).begin();
            world.join();
        }));
    }

    @Test
    void parallel_steps_are_all_done_and_joined() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World(0);
            RunLoop loop = world.start(JOIN);
            loop.begin();
            world.join();

            world.checkEnd(RunStatus.SUCCEEDED, 3L);
        });
    }

    @Test
    void an_executor_that_refuses_once_is_asked_again() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World(1);
            RunLoop loop = world.start(JOIN);
            loop.begin();
            world.join();

            world.checkEnd(RunStatus.SUCCEEDED, 3L);
        });
    }

    @Test
    void a_signal_that_comes_while_the_run_begins_is_not_lost() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World(0);
            RunLoop loop = world.start(SIGNAL);
            parallel(loop::begin, () -> loop.ask(new RunMessage.Signal("go", 5L)));
            world.join();

            world.checkEnd(RunStatus.SUCCEEDED, 7L);
        });
    }

    @Test
    void a_run_that_is_stopped_while_it_works_ends_once() {
        Lincheck.runConcurrentTest(INVOCATIONS, () -> {
            World world = new World(0);
            RunLoop loop = world.start(JOIN);
            parallel(loop::begin, () -> loop.stop(Failure.of(Failure.CANCELLED, "enough", false)));
            world.join();

            check(world.ends.get() == 1, "the end is told once");
            check(
                    world.status == RunStatus.CANCELLED || world.status == RunStatus.SUCCEEDED,
                    "it was stopped, or too quick");
        });
    }

    private static Plan plan(String steps) {
        return Compiler.builder()
                .build()
                .compile(new DefinitionReader()
                        .read("auterity: 1\nid: flow\n" + steps)
                        .definition());
    }

    /** Threads that are joined in the end, a clock that stands still, and a timer that calls at the end. */
    private static final class World implements RunLoop.Observer {

        private final ConcurrentLinkedQueue<Thread> threads = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Runnable> timed = new ConcurrentLinkedQueue<>();
        private final AtomicInteger refusals;
        private final AtomicInteger ends = new AtomicInteger();
        private volatile @Nullable RunStatus status;
        private volatile @Nullable Object output;

        World(int refusals) {
            this.refusals = new AtomicInteger(refusals);
        }

        RunLoop start(Plan plan) {
            Timer timer = (delay, task) -> {
                AtomicBoolean cancelled = new AtomicBoolean();
                timed.add(() -> {
                    if (!cancelled.get()) {
                        task.run();
                    }
                });
                return () -> cancelled.set(true);
            };
            NoJournal journal = new NoJournal();
            Tenure tenure = new Tenure(journal.open("engine", Duration.ofMinutes(1)), () -> true, Duration.ZERO);
            EventDispatcher events = new EventDispatcher(List.of(), Runnable::run, 1);
            InstantSource clock = InstantSource.fixed(Instant.ofEpochMilli(1_000));
            RunPorts ports =
                    new RunPorts(clock, new Random(1), timer, this::execute, journal, tenure, events, new Pulse(timer));
            Bindings bindings =
                    new Bindings(List.of(), List.of(), name -> Optional.empty(), new NoChildren(), new Pace());
            RunSettings settings = new RunSettings(RunId.of("run"), Map.of(), Origin.NONE, RunSettings.Limits.DEFAULT);
            RunLoop loop = new RunLoop(plan, settings, bindings, ports, this);
            loop.accept();
            return loop;
        }

        private void execute(Runnable task) {
            if (refusals.getAndDecrement() > 0) {
                throw new RejectedExecutionException("full");
            }
            Thread thread = new Thread(task);
            threads.add(thread);
            thread.start();
        }

        /** Waits for all threads; when there are none left, time passes. */
        void join() {
            boolean more = true;
            while (more) {
                Thread thread = threads.poll();
                if (thread != null) {
                    try {
                        thread.join();
                    } catch (InterruptedException e) {
                        throw new AssertionError(e);
                    }
                } else if (ends.get() == 0) {
                    Runnable next = timed.poll();
                    more = next != null;
                    if (next != null) {
                        next.run();
                    }
                } else {
                    more = false;
                }
            }
        }

        void checkEnd(RunStatus expected, Object value) {
            check(ends.get() == 1, "the end is told once");
            check(status == expected, "it ended well");
            check(value.equals(output), "it came to what it should");
        }

        @Override
        public void accepted() {}

        @Override
        public void ended(RunStatus end, @Nullable Object value, @Nullable Failure failure) {
            ends.incrementAndGet();
            status = end;
            output = value;
        }

        @Override
        public void lost(Throwable why, List<RunMessage> undelivered) {
            throw new AssertionError(why);
        }
    }
}
