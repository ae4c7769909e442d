package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.compile.Compiler;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Failure;
import io.auterity.definition.RunId;
import io.auterity.event.EventDispatcher;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunStatus;
import io.auterity.journal.Write;
import io.auterity.plan.Plan;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A run that is being parked, in a journal that takes its time for that. */
class ParkingTest implements RunLoop.Observer {

    private static final RunMessage GO = new RunMessage.Signal("go", 1L);

    private final Plan plan = Compiler.builder()
            .build()
            .compile(new DefinitionReader()
                    .read("auterity: 1\nid: flow\nsteps: {a: {await: {signal: go}}}\n")
                    .definition());
    private final Queue<Runnable> timed = new ArrayDeque<>();
    private final CompletableFuture<Void> park = new CompletableFuture<>();
    private final List<String> told = new ArrayList<>();

    private RunLoop waiting() {
        InMemoryJournal kept = new InMemoryJournal();
        Journal journal = (Journal) Proxy.newProxyInstance(
                Journal.class.getClassLoader(), new Class<?>[] {Journal.class}, (proxy, method, arguments) -> {
                    boolean parks = method.getName().equals("append")
                            && ((Write) arguments[1]).park().isPresent();
                    return parks ? park : method.invoke(kept, arguments);
                });
        Timer timer = (delay, task) -> {
            timed.add(task);
            return () -> timed.remove(task);
        };
        RunPorts ports = new RunPorts(
                InstantSource.fixed(Instant.ofEpochMilli(1_000)),
                new Random(1),
                timer,
                Runnable::run,
                journal,
                new Tenure(journal.open("engine", Duration.ofMinutes(1)), () -> true, Duration.ofMillis(1)),
                new EventDispatcher(List.of(), Runnable::run, 1),
                new Pulse(timer));
        Bindings bindings = new Bindings(List.of(), List.of(), name -> Optional.empty(), new NoChildren(), new Pace());
        RunSettings settings = new RunSettings(RunId.of("run"), Map.of(), Origin.NONE, RunSettings.Limits.DEFAULT);
        RunLoop loop = new RunLoop(plan, settings, bindings, ports, this);
        loop.accept();
        loop.begin();
        assertThat(loop.status()).isEqualTo(RunStatus.WAITING);
        timed.remove().run();
        return loop;
    }

    /** Each of the two that are refused asks again at once, while the other has not been told yet. */
    @Test
    void who_is_refused_while_a_run_is_parked_may_ask_again_at_once() {
        RunLoop loop = waiting();
        List<Optional<String>> again = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            loop.ask(GO).thenRun(() -> loop.ask(GO).thenAccept(again::add));
        }
        assertThat(again).isEmpty();
        park.complete(null);
        assertThat(told).containsExactly("parked");
        assertThat(again).hasSize(2).doesNotContain(Optional.empty());
    }

    @Test
    void a_cancellation_while_a_run_is_parked_is_left_in_its_inbox() {
        RunLoop loop = waiting();
        loop.stop(Failure.of(Failure.CANCELLED, "enough", false));
        park.complete(null);
        assertThat(told).containsExactly("parked", "enough");
        loop.receive(new RunMessage.Received(1, RunId.of("run"), GO)); // from the inbox, too late
        assertThat(told).hasSize(2);
        assertThat(loop.isGone()).isTrue();
    }

    @Override
    public void accepted() {}

    @Override
    public void ended(RunStatus status, @Nullable Object output, @Nullable Failure failure) {
        told.add("ended");
    }

    @Override
    public void parked(List<RunMessage> undelivered, List<RunId> children) {
        told.add("parked");
        undelivered.forEach(message -> told.add(((RunMessage.Cancel) message).reason()));
    }

    @Override
    public void lost(Throwable why, List<RunMessage> undelivered) {
        told.add("lost");
    }
}
