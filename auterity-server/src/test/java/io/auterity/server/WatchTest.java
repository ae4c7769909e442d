package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.Engine;
import io.auterity.EngineException;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.DefinitionReader;
import io.auterity.event.ProgressRenderer;
import io.auterity.event.ProgressStyle;
import java.io.OutputStream;
import java.io.PrintStream;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class WatchTest {

    @Test
    void a_run_that_its_engine_leaves_is_told_as_the_engine_tells_it() {
        ProgressRenderer screen = new ProgressRenderer(
                new PrintStream(OutputStream.nullOutputStream()), ProgressStyle.PLAIN, InstantSource.system());
        Workflow<Map<String, Object>, Object> workflow =
                Workflow.of(new DefinitionReader().read("auterity: 1\nid: a\nsteps: {s: {wait: 1h}}\n", "a.yaml"));
        Answers none = new Answers(List.of(), List.of(), List.of(), List.of());
        Watch watch = new Watch(screen, true, none, InstantSource.system(), Journals.MEMORY);
        try (Engine engine = Engine.builder().listener(watch).register(workflow).build()) {
            Run<Object> run = engine.start(workflow, Map.of());
            engine.close();
            assertThatThrownBy(() -> watch.untilEnd(engine, run, Optional.empty(), false))
                    .isInstanceOf(EngineException.class);
        }
    }
}
