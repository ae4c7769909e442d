package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.connector.Operation;
import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionHash;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionWriter;
import io.auterity.definition.Json;
import io.auterity.definition.Order;
import io.auterity.definition.Positions;
import io.auterity.definition.Problem;
import io.auterity.definition.Step;
import io.auterity.plan.Graph;
import io.auterity.plan.Plan;
import io.auterity.random.RandomWorkflows;
import io.auterity.random.Sample;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * What holds for every workflow, tried on random ones: the same in every build, a few of them large, and fresh ones in
 * the nightly build.
 */
class RandomWorkflowsCompileTest {

    private static final String SEED = "20261122";

    private static final Pattern CYCLE = Pattern.compile("steps form a cycle: (.*)|the step waits for itself: (.*)");

    private static final Map<String, Operation.Description> OPERATIONS =
            Map.of("test.flaky", RandomWorkflows.connector().operations().get(0).description());

    private final Compiler compiler = Compiler.builder()
            .operations(name -> Optional.ofNullable(OPERATIONS.get(name)), OPERATIONS::keySet)
            .build();

    @Provide
    Arbitrary<Sample> samples() {
        return RandomWorkflows.samples(200);
    }

    @Provide
    Arbitrary<Sample> large() {
        return RandomWorkflows.samples(1_000, 2_000);
    }

    @Property(tries = 3, seed = SEED)
    void all_of_it_holds_for_large_workflows(@ForAll("large") Sample sample, @ForAll long seed) {
        all(sample, seed);
    }

    @Property(tries = 2_000)
    @Tag("nightly")
    void all_of_it_holds_for_fresh_workflows(@ForAll("samples") Sample sample, @ForAll long seed) {
        all(sample, seed);
    }

    private void all(Sample sample, long seed) {
        a_workflow_without_mistakes_compiles(sample);
        a_step_that_cannot_be_read_makes_no_others_wrong(sample, new Random(seed));
        every_edge_points_forward_in_the_topological_order(sample);
        the_order_in_which_steps_are_written_changes_nothing(sample, seed);
        an_edge_back_is_reported_as_a_cycle_that_is_there(sample, seed);
    }

    @Property(tries = 60, seed = SEED)
    void a_workflow_without_mistakes_compiles(@ForAll("samples") Sample sample) {
        assertThat(compiler.check(sample.definition(), Positions.NONE).problems())
                .as(sample.toString())
                .isEmpty();
    }

    @Property(tries = 60, seed = SEED)
    void a_step_that_cannot_be_read_makes_no_others_wrong(@ForAll("samples") Sample sample, @ForAll Random random) {
        Object document = Json.read(DefinitionWriter.json(sample.definition()));
        String text = Json.write(spoilt((Map<?, ?>) document, random));
        DefinitionException refused =
                catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(text));
        DefinitionReader.Parsed readable = refused.readable().orElseThrow();
        assertThat(compiler.check(readable.definition(), readable.positions()).problems())
                .as(text)
                .isEmpty();
    }

    /** Returns a block of which one step, or one in a block inside, cannot be read. */
    private static Map<Object, Object> spoilt(Map<?, ?> block, Random random) {
        Map<Object, Object> steps = new LinkedHashMap<>((Map<?, ?>) block.get("steps"));
        Object name = List.copyOf(steps.keySet()).get(random.nextInt(steps.size()));
        Map<Object, Object> step = new LinkedHashMap<>((Map<?, ?>) steps.get(name));
        if (step.containsKey("steps") && random.nextInt(4) > 0) {
            step = spoilt(step, random);
        } else {
            step.put("colour", "red");
        }
        steps.put(name, step);
        Map<Object, Object> spoilt = new LinkedHashMap<>(block);
        spoilt.put("steps", steps);
        return spoilt;
    }

    @Property(tries = 60, seed = SEED)
    void every_edge_points_forward_in_the_topological_order(@ForAll("samples") Sample sample) {
        Graph graph = compiler.compile(sample.definition()).graph();
        int[] place = new int[graph.size()];
        int[] order = graph.topologicalOrder();
        for (int i = 0; i < order.length; i++) {
            place[order[i]] = i;
        }
        for (int node = 0; node < graph.size(); node++) {
            for (int at = graph.successors().start(node);
                    at < graph.successors().start(node + 1);
                    at++) {
                assertThat(place[node]).isLessThan(place[graph.successors().target(at)]);
            }
        }
    }

    @Property(tries = 60, seed = SEED)
    void the_order_in_which_steps_are_written_changes_nothing(@ForAll("samples") Sample sample, @ForAll long seed) {
        Definition definition = sample.definition();
        List<Step> shuffled = new ArrayList<>(definition.body().steps());
        Collections.shuffle(shuffled, new Random(seed));
        Definition other =
                definition.withBody(new Block(shuffled, definition.body().output()));
        Plan plan = compiler.compile(definition);
        Plan same = compiler.compile(other);
        assertThat(same.hash()).isEqualTo(plan.hash()).isEqualTo(DefinitionHash.of(other));
        assertThat(Graphs.edges(same.graph())).containsExactlyInAnyOrderElementsOf(Graphs.edges(plan.graph()));
        assertThat(Graphs.reads(same.graph())).containsExactlyInAnyOrderElementsOf(Graphs.reads(plan.graph()));
        assertThat(Graphs.readerCounts(same.graph())).isEqualTo(Graphs.readerCounts(plan.graph()));
    }

    @Property(tries = 60, seed = SEED)
    void an_edge_back_is_reported_as_a_cycle_that_is_there(@ForAll("samples") Sample sample, @ForAll long seed) {
        Definition definition = sample.definition();
        Set<String> edges =
                new HashSet<>(Graphs.edges(compiler.compile(definition).graph()));
        if (edges.isEmpty()) {
            return;
        }
        String edge = edges.stream().sorted().toList().get(new Random(seed).nextInt(edges.size()));
        String from = edge.substring(0, edge.indexOf(" -> "));
        String to = edge.substring(edge.indexOf(" -> ") + 4);
        edges.add(to + " -> " + from);
        List<Problem> problems =
                compiler.check(needing(definition, from, to), Positions.NONE).problems();
        List<String> cycles = new ArrayList<>();
        for (Problem problem : problems) {
            Matcher cycle = CYCLE.matcher(problem.what());
            if (cycle.matches()) {
                cycles.add(cycle.group(1));
            }
        }
        assertThat(cycles).isNotEmpty();
        for (String cycle : cycles) {
            String[] names = cycle.split(" -> ");
            assertThat(names[0]).isEqualTo(names[names.length - 1]);
            for (int i = 1; i < names.length; i++) {
                assertThat(edges).contains(names[i - 1] + " -> " + names[i]);
            }
        }
    }

    private static Definition needing(Definition definition, String step, String need) {
        List<Step> steps = new ArrayList<>();
        for (Step one : definition.body().steps()) {
            if (one.name().equals(step)) {
                List<String> needs = new ArrayList<>(one.order().needs());
                needs.add(need);
                steps.add(one.with(
                        new Order(needs, one.order().condition(), one.order().join())));
            } else {
                steps.add(one);
            }
        }
        return definition.withBody(new Block(steps, definition.body().output()));
    }
}
