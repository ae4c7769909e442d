package io.auterity.compile;

import static io.auterity.compile.Compiling.problem;
import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.plan.Body;
import io.auterity.plan.Graph;
import io.auterity.plan.Reference.Kind;
import io.auterity.plan.Scope;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Defects of an earlier product that a compiler can rule out, by their number in the list. */
class EarlierDefectsTest {

    @Test
    void defect_8_a_retry_list_whose_codes_never_match() {
        assertThat(problem("steps: {a: {uses: http.request, with: {url: x}, retry: {maxAttempts: 3, on: [HTTP_503]}}}"))
                .startsWith("AUT-C022 flow/a/retry: code 'HTTP_503' never occurs");
    }

    @Test
    void defect_9_a_cycle_completes_silently() {
        assertThat(problem("steps: {a: {value: 1, needs: [b]}, b: {value: 1, needs: [a]}}"))
                .startsWith("AUT-C005 flow: steps form a cycle: a -> b -> a");
    }

    @Test
    void defect_10_an_unknown_dependency_completes_silently() {
        assertThat(problem("steps: {a: {value: 1}, b: {value: 1, needs: [missing]}}"))
                .startsWith("AUT-C003 flow/b/needs: step 'missing' is not defined");
    }

    @Test
    void defect_16_edges_cannot_carry_conditions() {
        Graph graph = Compiling.compile(
                        "steps: {a: {value: \"${{ input.x }}\"}, b: {value: 1, if: \"${{ steps.a.output == 1 }}\"}}")
                .plan()
                .graph();
        assertThat(Graphs.edges(graph)).containsExactly("a -> b");
        assertThat(graph.node(1).start().condition()).isNotNull();
        assertThat(graph.node(1).start().condition().apply(output(1L))).isEqualTo(true);
        assertThat(graph.node(1).start().condition().apply(output(2L))).isEqualTo(false);
    }

    private static Scope output(Object value) {
        return new FakeScope().with(Kind.OUTPUT, 0, 0, value);
    }

    @Test
    void defect_17_template_text_is_evaluated() {
        String attack = "${{ 1 + 1 }} ${{ secrets.token }} {{7*7}} ${7*7} #{7*7}";
        Graph graph = Compiling.compile(
                        "steps: {a: {value: \"Hello ${{ input.name }}\"}, b: {value: \"${{ input.name }}\"}}")
                .plan()
                .graph();
        Scope scope = new FakeScope().with(Kind.INPUT, 0, 0, Map.of("name", attack));
        assertThat(((Body.Value) graph.node(0).body()).value().apply(scope)).isEqualTo("Hello " + attack);
        assertThat(((Body.Value) graph.node(1).body()).value().apply(scope)).isEqualTo(attack);
    }
}
