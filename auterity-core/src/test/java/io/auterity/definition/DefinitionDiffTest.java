package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DefinitionDiffTest {

    private static Definition read(String yaml) {
        return new DefinitionReader()
                .read("auterity: 1\nid: flow\n" + yaml, "flow.yaml")
                .definition();
    }

    private static String diff(String before, String after) {
        return DefinitionDiff.between(read(before), read(after)).text();
    }

    @Test
    void tells_steps_that_were_added_removed_and_changed_with_their_keys() {
        String before = """
                input: {n: integer}
                steps:
                  ask: {uses: http.request, with: {url: "https://a.example", method: GET}, retry: {maxAttempts: 3}}
                  old: {value: 1}
                  same: {value: 2}
                output: ${{ steps.ask.output }}
                """;
        String after = """
                input: {n: string}
                timeout: 1h
                steps:
                  same: {value: 2, description: "Only words."}
                  ask: {uses: http.request, with: {url: "https://b.example", method: GET, maxBytes: 10}, retry: {maxAttempts: 5}}
                  new: {value: 3, needs: [ask]}
                output: ${{ steps.new.output }}
                """;
        assertThat(diff(before, after)).isEqualTo("""
                ~ input.properties.n.type: "integer" -> "string"
                ~ output: "${{ steps.ask.output }}" -> "${{ steps.new.output }}"
                ~ timeout: (absent) -> "1h"
                ~ step ask
                    retry.maxAttempts: 3 -> 5
                    with.maxBytes: (absent) -> 10
                    with.url: "https://a.example" -> "https://b.example"
                + step new
                - step old""");
    }

    @Test
    void goes_into_the_blocks_of_steps() {
        String before = """
                steps:
                  each: {forEach: "${{ [1, 2] }}", steps: {x: {value: 1}, y: {value: 2}}, output: "${{ steps.x.output }}"}
                  guarded: {try: {steps: {t: {value: 1}}}, catch: {steps: {t: {value: 2}}}}
                  first: {race: {steps: {wait: 1s}, b: {value: 1}}}
                  again: {repeat: {steps: {r: {value: 1}}, until: "${{ steps.r.output > 0 }}", max: 3}}
                """;
        String after = """
                steps:
                  each: {forEach: "${{ [1, 2] }}", steps: {x: {value: 5}, z: {value: 2}}, output: "${{ steps.x.output }}", concurrency: 2}
                  guarded: {try: {steps: {t: {value: 1}}}, catch: {steps: {t: {value: 3}}}}
                  first: {race: {steps: {wait: 2s}, b: {value: 1}}}
                  again: {repeat: {steps: {r: {value: 2}}, until: "${{ steps.r.output > 0 }}", max: 4}}
                """;
        assertThat(diff(before, after).lines().toList())
                .containsExactly(
                        "~ step again",
                        "    repeat.max: 3 -> 4",
                        "~ step again/r",
                        "    value: 1 -> 2",
                        "~ step each",
                        "    concurrency: " + StepKind.ForEach.DEFAULT_CONCURRENCY + " -> 2",
                        "~ step each/x",
                        "    value: 1 -> 5",
                        "- step each/y",
                        "+ step each/z",
                        "~ step first/steps",
                        "    wait: \"1s\" -> \"2s\"",
                        "~ step guarded/catch/t",
                        "    value: 2 -> 3");
        assertThat(DefinitionDiff.between(read(before), read(after)).outermost())
                .containsExactly("again", "each", "first", "guarded");
    }

    @Test
    void data_that_looks_like_steps_is_data() {
        assertThat(diff("steps: {a: {value: {steps: {x: 1}}}}", "steps: {a: {value: {steps: {x: 2}}}}"))
                .isEqualTo("~ step a\n    value.steps.x: 1 -> 2");
        assertThat(diff("steps: {a: {uses: x.y, with: {steps: 1}}}", "steps: {a: {uses: x.y, with: {steps: null}}}"))
                .isEqualTo("~ step a\n    with.steps: 1 -> null");
        assertThat(diff("steps: {steps: {value: 1}}", "steps: {steps: {value: 2}}"))
                .isEqualTo("~ step steps\n    value: 1 -> 2");
    }

    @Test
    void a_step_of_another_kind_has_changed() {
        assertThat(diff("steps: {a: {value: 1}}", "steps: {a: {wait: 1s}}"))
                .isEqualTo("~ step a\n    value: 1 -> (absent)\n    wait: (absent) -> \"1s\"");
    }

    @Test
    void says_nothing_of_what_means_the_same() {
        String one = "description: x\nsteps: {a: {value: 1}, b: {value: 2, timeout: 60s}}";
        String other = "steps: {b: {timeout: 1m, value: 2, description: y}, a: {value: 1}}";
        assertThat(DefinitionDiff.between(read(one), read(other)).isEmpty()).isTrue();
        assertThat(diff(one, other)).isEqualTo("no difference");
        assertThat(DefinitionHash.of(read(one))).isEqualTo(DefinitionHash.of(read(other)));
    }

    @Test
    void as_json_it_holds_values() {
        Map<String, Object> json = DefinitionDiff.between(
                        read("steps: {a: {value: 1}, c: {value: 1}}"),
                        read("steps: {a: {value: {b: [2]}}, d: {value: 1}}"))
                .json();
        assertThat(json)
                .isEqualTo(Map.of(
                        "keys", List.of(),
                        "steps",
                                List.of(
                                        Map.of(
                                                "change",
                                                "changed",
                                                "step",
                                                "a",
                                                "keys",
                                                List.of(Map.of(
                                                        "key",
                                                        "value",
                                                        "before",
                                                        1L,
                                                        "after",
                                                        Map.of("b", List.of(2L))))),
                                        Map.of("change", "removed", "step", "c", "keys", List.of()),
                                        Map.of("change", "added", "step", "d", "keys", List.of()))));
    }

    /** The diff is empty exactly when the hashes are equal, for every pair of these. */
    @Test
    void agrees_with_the_hash() {
        List<Definition> all = List.of(
                read("steps: {a: {value: 1}}"),
                read("steps: {a: {value: 1.0}}"),
                read("steps: {a: {value: null}}"),
                read("steps: {a: {value: 1, needs: [b]}, b: {value: 1}}"),
                read("steps: {b: {value: 1}, a: {needs: b, value: 1}}"),
                read("steps: {a: {forEach: '${{ [1] }}', steps: {b: {value: 1}}}}"),
                read("steps: {a: {try: {steps: {b: {value: 1}}}}}"),
                read("steps: {a: {try: {steps: {b: {value: 1}}}, finally: {steps: {b: {value: 1}}}}}"),
                read("triggers: [{schedule: {every: 1h}}]\nsteps: {a: {value: 1}}"));
        for (Definition one : all) {
            for (Definition other : all) {
                assertThat(DefinitionDiff.between(one, other).isEmpty())
                        .as("%s and %s", one, other)
                        .isEqualTo(DefinitionHash.of(one).equals(DefinitionHash.of(other)));
            }
        }
    }
}
