package io.auterity.behaviour;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.RunResult;
import io.auterity.Workflow;
import io.auterity.definition.AuterityException;
import io.auterity.definition.DefinitionReader;
import io.auterity.journal.NoJournal;
import io.auterity.testkit.OwnProcess;
import io.auterity.testkit.ProcessorTime;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** R20: definitions that can be read, but are made to exhaust the compiler or the engine, are refused or run quickly. */
class R20HostileWorkflowsTest {

    @TempDir
    private Path folder;

    @Test
    @Timeout(120)
    void each_is_refused_or_run_within_two_seconds_in_64_megabytes() throws Exception {
        Path told = folder.resolve("told");
        Process process = OwnProcess.start(
                List.of("-Xmx64m", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError"),
                InLittleMemory.class,
                told);
        try {
            assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
            assertThat(Files.readString(told)).endsWith(InLittleMemory.DONE).doesNotContain("but");
        } finally {
            process.destroyForcibly();
        }
    }

    /** Takes the attacks one after the other in a process that has little memory, and tells what became of each. */
    static final class InLittleMemory {

        static final String DONE = "that is all\n";

        private static final Duration LONGEST = Duration.ofSeconds(2);

        public static void main(String[] arguments) throws Exception {
            for (Map.Entry<String, String[]> attack : attacks().entrySet()) {
                System.out.println(attack.getKey()
                        + misfortune(attack.getValue()[0], attack.getValue()[1])
                                .map(", but "::concat)
                                .orElse(""));
            }
            System.out.print(DONE);
        }

        /** What is wrong with the answer to an attack, or that it takes long each time. */
        private static Optional<String> misfortune(String attack, String expected) throws Exception {
            String[] outcome = {""};
            try {
                ProcessorTime.atMostOnAllThreads(LONGEST, () -> outcome[0] = outcome(attack));
            } catch (AssertionError tooLong) {
                return Optional.of(String.valueOf(tooLong.getMessage()));
            }
            return outcome[0].contains(expected)
                    ? Optional.empty()
                    : Optional.of("not " + expected + ": " + shortened(outcome[0]));
        }

        private static String shortened(String text) {
            return text.length() < 500 ? text : text.substring(0, 500) + "...";
        }

        /** What becomes of a workflow whose input is a text that patterns stumble over. */
        private static String outcome(String text) {
            try {
                Workflow<Map<String, Object>, Object> workflow = Workflow.of(new DefinitionReader()
                        .read("auterity: 1\nid: hostile\n" + text)
                        .definition());
                try (Engine engine = Engine.builder()
                        .journal(new NoJournal())
                        .register(workflow)
                        .build()) {
                    RunResult<Object> result = engine.start(
                                    workflow, Map.of("text", "a".repeat(5_000) + "!", "deep", deep(60)))
                            .await(Duration.ofSeconds(60));
                    return result.status() + " " + result.output() + " "
                            + result.failure().map(Object::toString).orElse("");
                }
            } catch (AuterityException refused) {
                return refused.getMessage();
            }
        }

        private static Object deep(int levels) {
            return levels == 0 ? 1L : Map.of("a", deep(levels - 1));
        }

        /** Texts by name, and what the answer to each must contain. */
        private static Map<String, String[]> attacks() {
            Map<String, String[]> attacks = new LinkedHashMap<>();
            attacks.put("a cycle of 9,000 steps", new String[] {
                "steps:\n" + lines(9_000, i -> "  s" + i + ": {value: 1, needs: [s" + (i + 1) % 9_000 + "]}\n"),
                "AUT-C005"
            });
            attacks.put("4,500 cycles", new String[] {
                "steps:\n" + lines(9_000, i -> "  s" + i + ": {value: 1, needs: [s" + (i ^ 1) + "]}\n"), "AUT-C005"
            });
            attacks.put("450 steps that need all before them", new String[] {
                "steps:\n"
                        + lines(450, i -> "  s" + i + ": {value: 1, needs: [" + lines(i, j -> "s" + j + ",") + "]}\n"),
                "SUCCEEDED"
            });
            attacks.put("9,000 names that nobody knows", new String[] {
                "steps:\n" + lines(9_000, i -> "  s" + i + ": {value: \"${{ steps.t" + i + ".output }}\"}\n"),
                "AUT-C003"
            });
            attacks.put("a workflow that runs itself", new String[] {"steps: {a: {run: hostile}}", "AUT-C009"});
            attacks.put(
                    "a workflow that runs itself by an operation",
                    new String[] {"steps: {a: {uses: core.run, with: {workflow: hostile}}}", "AUT-R018"});
            attacks.put("a workflow that runs itself by a name that it computes", new String[] {
                "steps: {a: {uses: core.run, with: {workflow: \"${{ 'host' + 'ile' }}\"}}}", "AUT-R018"
            });
            attacks.put(
                    "an expression of 100 KB",
                    new String[] {"steps: {a: {value: \"${{ " + "1 + ".repeat(25_000) + "1 }}\"}}", "AUT-C024"});
            attacks.put("100 expressions of 8 KB", new String[] {
                "steps:\n" + lines(100, i -> "  s" + i + ": {value: \"${{ size([" + "1,".repeat(4_000) + "]) }}\"}\n"),
                "SUCCEEDED"
            });
            attacks.put("unions that grow", new String[] {
                "steps: {a: {value: \"${{ " + "[{'a':".repeat(20) + "input" + "}, 1]".repeat(20) + " }}\"}}",
                "SUCCEEDED"
            });
            attacks.put("loops in loops in an expression", new String[] {
                "steps: {a: {value: \"${{ range(9999).map(a, range(9999).map(b, a * b)) }}\"}}", "spent its fuel"
            });
            attacks.put("10,000 items, and 10,000 for each of them", new String[] {
                "steps: {a: {forEach: \"${{ range(10000) }}\", steps: {b: {forEach: \"${{ range(10000) }}\","
                        + " as: other, steps: {c: {value: 1}}}}}}",
                "too-many-items"
            });
            attacks.put("a list that doubles itself", new String[] {
                "steps: {a: {value: \"${{ [[0]]" + ".map(v, [v, v])".repeat(40) + " }}\"}}", "exceeds 1048576 bytes"
            });
            attacks.put("a pattern that backtracks", new String[] {
                "input: {text: string}\nsteps: {a: {value: \"${{ input.text.matches('(a+)+$') }}\"}}\n"
                        + "output: ${{ steps.a.output }}",
                "SUCCEEDED false"
            });
            attacks.put("a pattern that grows", new String[] {
                "steps: {a: {value: \"${{ 'a'.matches('((((a{9}){9}){9}){9}){9}' + '') }}\"}}", "2000 states"
            });
            attacks.put("a pattern of the input that backtracks", new String[] {
                "input: {type: object, properties: {text: {type: string, pattern: \"^(a|aa)+$\"}}}\n"
                        + "steps: {a: {value: 1}}",
                "does not match the regex pattern"
            });
            attacks.put("a schema that applies itself", new String[] {
                "input: {$ref: \"#/$defs/a\", $defs: {a: {$ref: \"#/$defs/a\"}}}\nsteps: {a: {value: 1}}", "AUT-C029"
            });
            attacks.put("a schema that doubles with each level", new String[] {
                "input:\n  type: object\n  $ref: \"#/$defs/a\"\n  $defs:\n    a: {properties: {a: {allOf: ["
                        + "{$ref: \"#/$defs/a\"}, {$ref: \"#/$defs/a\"}]}, deep: {$ref: \"#/$defs/a\"}}}\n"
                        + "steps: {a: {value: 1}}",
                "the schema takes more than"
            });
            return attacks;
        }

        private static String lines(int count, IntFunction<String> line) {
            return IntStream.range(0, count).mapToObj(line).collect(Collectors.joining());
        }
    }
}
