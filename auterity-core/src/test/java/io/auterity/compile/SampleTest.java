package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Order.Join;
import io.auterity.plan.Body;
import io.auterity.plan.Graph;
import io.auterity.plan.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The sample of the format's description, as users meet it. */
class SampleTest {

    private final Compiled compiled = Compiling.compile(Compiling.SAMPLE);
    private final Graph graph = compiled.plan().graph();

    @Test
    void has_a_node_for_each_step_in_the_order_written() {
        List<String> names = new ArrayList<>();
        for (int node = 0; node < graph.size(); node++) {
            names.add(graph.node(node).name());
        }
        assertThat(names).containsExactly("profile", "score", "tier", "call", "each", "approved", "reply", "pause");
    }

    @Test
    void has_an_edge_for_each_read_and_each_need() {
        assertThat(Graphs.edges(graph))
                .containsExactlyInAnyOrder(
                        "profile -> score",
                        "score -> tier",
                        "tier -> call",
                        "profile -> each",
                        "call -> reply",
                        "reply -> pause");
        assertThat(Graphs.reads(graph))
                .containsExactlyInAnyOrder("profile -> score", "score -> tier", "tier -> call", "profile -> each");
    }

    @Test
    void gives_each_step_its_own_or_the_default_recovery() {
        Node profile = graph.node(0);
        assertThat(profile.recovery().retry().maxAttempts()).isEqualTo(5);
        assertThat(profile.recovery().timeout()).isEqualTo(Duration.ofSeconds(10));
        Node call = graph.node(3);
        assertThat(call.recovery().retry().maxAttempts()).isEqualTo(3);
        assertThat(call.recovery().timeout()).isEqualTo(Duration.ofSeconds(30));
        assertThat(call.recovery().continues()).isTrue();
        assertThat(call.recovery().undo()).isInstanceOf(Body.Call.class);
        assertThat(call.start().join()).isEqualTo(Join.ALL_SUCCESS);
        assertThat(graph.node(5).recovery().timeout()).isNull();
    }

    @Test
    void knows_the_types_of_all_outputs() {
        assertThat(compiled.stepTypes().get("tier")).hasToString("'hot' | 'cold'");
        assertThat(compiled.stepTypes().get("score")).hasToString("number");
        assertThat(compiled.stepTypes().get("each/greet")).hasToString("object{id: string}");
        assertThat(compiled.outputType())
                .hasToString("object{tier: 'hot' | 'cold', "
                        + "mails: list(string | object{error: object{code: string, message: string}})}");
    }

    @Test
    void numbers_operations_in_the_order_they_are_met() {
        assertThat(compiled.plan().operations()).containsExactly("http.request", "notify.send", "email.send");
    }
}
