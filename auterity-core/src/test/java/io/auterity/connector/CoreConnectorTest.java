package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.ConnectorProvider.Surroundings;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class CoreConnectorTest {

    private final List<Runnable> timers = new ArrayList<>();
    private final List<Duration> delays = new ArrayList<>();
    private int stopped;
    private final Connectors connectors = Connectors.builder()
            .build(new Surroundings(
                    OutboundGuard.strict(),
                    Credentials.NONE,
                    InstantSource.fixed(Instant.EPOCH),
                    (delay, task) -> {
                        delays.add(delay);
                        timers.add(task);
                        return () -> stopped++;
                    },
                    (workflow, input, parent) ->
                            CompletableFuture.completedFuture(workflow + " of " + parent.step() + " with " + input)));
    private final TestContext context = new TestContext();

    private Object call(String operation, Map<String, Object> input) throws Exception {
        return connectors.get(operation).call(input, context);
    }

    @Test
    void sleep_ends_when_the_engines_timer_does() throws Exception {
        CompletableFuture<?> end = (CompletableFuture<?>) call("core.sleep", Map.of("duration", "2h"));
        assertThat(delays).containsExactly(Duration.ofHours(2));
        assertThat(end).isNotDone();
        timers.get(0).run();
        assertThat(end).isCompletedWithValue(null);
    }

    @Test
    void a_cancelled_sleep_stops_its_timer() throws Exception {
        CompletableFuture<?> end = (CompletableFuture<?>) call("core.sleep", Map.of("duration", "PT2H"));
        context.cancel();
        assertThat(stopped).isEqualTo(1);
        assertThat(end).isCompletedExceptionally();
    }

    @Test
    void fail_fails_with_its_code() {
        assertThatThrownBy(
                        () -> call("core.fail", Map.of("message", "no stock", "code", "no-stock", "retryable", true)))
                .isInstanceOfSatisfying(StepException.class, e -> {
                    assertThat(e.code()).isEqualTo("no-stock");
                    assertThat(e.isRetryable()).isTrue();
                })
                .hasMessage("no stock");
        assertThatThrownBy(() -> call("core.fail", Map.of("message", "m")))
                .isInstanceOfSatisfying(
                        StepException.class, e -> assertThat(e.code()).isEqualTo("failed"));
    }

    @Test
    void emit_tells_listeners_and_passes_the_data_on() throws Exception {
        assertThat(call("core.emit", Map.of("data", List.of(1L)))).isEqualTo(List.of(1L));
        assertThat(context.partials()).containsExactly(List.of(1L));
    }

    @Test
    void log_takes_known_levels_only() throws Exception {
        assertThat(call("core.log", Map.of("message", "a\nb", "level", "warn", "data", Map.of("x", 1L))))
                .isNull();
        assertThatThrownBy(() -> call("core.log", Map.of("message", "m", "level", "wran")))
                .hasMessageContaining("use 'warn'");
    }

    @Test
    void run_starts_another_workflow_and_takes_its_output() throws Exception {
        CompletableFuture<?> output =
                (CompletableFuture<?>) call("core.run", Map.of("workflow", "child", "input", Map.of("a", 1L)));
        assertThat(output.join()).isEqualTo("child of each[3]/call with {a=1}");
    }
}
