package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.random.RandomWorkflows;
import io.auterity.random.Sample;
import java.time.Duration;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Random workflows on real threads against a sequential reference. */
class RandomRunsTest {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    static LongStream seeds() {
        return LongStream.range(0, 60);
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void a_run_in_parallel_computes_what_a_sequential_reference_computes(long seed) {
        Sample sample = RandomWorkflows.of(seed, 80);
        var workflow = Workflow.of(sample.definition());
        try (Engine engine = Engine.builder()
                .connector(RandomWorkflows.connector())
                .register(workflow)
                .build()) {
            RunResult<Object> result = engine.start(workflow, sample.input()).await(LIMIT);

            assertThat(result.isSuccess())
                    .as("%s", sample)
                    .isEqualTo(sample.expected().succeeds());
            if (result.isSuccess()) {
                assertThat(result.output())
                        .as("%s", sample)
                        .isEqualTo(sample.expected().output());
            }
        }
    }
}
