package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionHashTest {

    private final DefinitionReader reader = new DefinitionReader();

    @Provide
    Arbitrary<Definition> definitions() {
        return Definitions.definitions();
    }

    @Property(tries = 200, seed = "20261122")
    void the_order_of_steps_branches_and_keys_changes_nothing(
            @ForAll("definitions") Definition definition, @ForAll Random random) {
        Definition shuffled = Variants.shuffled(definition, random);
        assertThat(DefinitionHash.canonical(shuffled)).isEqualTo(DefinitionHash.canonical(definition));
        assertThat(DefinitionHash.of(shuffled)).isEqualTo(DefinitionHash.of(definition));
    }

    @Property(tries = 200, seed = "20261122")
    void writing_and_reading_changes_nothing(@ForAll("definitions") Definition definition) {
        String hash = DefinitionHash.of(definition);
        assertThat(DefinitionHash.of(
                        reader.read(DefinitionWriter.yaml(definition)).definition()))
                .isEqualTo(hash);
        assertThat(DefinitionHash.of(
                        reader.read(DefinitionWriter.json(definition)).definition()))
                .isEqualTo(hash);
    }

    @Property(tries = 200, seed = "20261122")
    void the_canonical_form_is_a_definition_with_the_same_canonical_form(@ForAll("definitions") Definition definition) {
        String canonical = DefinitionHash.canonical(definition);
        assertThat(DefinitionHash.canonical(reader.read(canonical).definition()))
                .isEqualTo(canonical);
    }

    @Property(tries = 60, seed = "20261122")
    void every_change_of_meaning_changes_the_hash(@ForAll("definitions") Definition definition) {
        String hash = DefinitionHash.of(definition);
        Map<String, Definition> mutants = Variants.mutants(definition);
        assertThat(mutants).isNotEmpty();
        mutants.forEach((place, mutant) -> {
            if (!meansTheSame(place, definition, mutant)) {
                assertThat(DefinitionHash.of(mutant)).as(place).isNotEqualTo(hash);
            }
        });
    }

    /** The changes that are none: leaving out a default of all runs that says what holds anyway. */
    private static boolean meansTheSame(String place, Definition definition, Definition mutant) {
        boolean noTimeout = place.equals("/settings/defaults/timeout absent")
                && definition.settings().defaults().timeout().get().equals(Policy.DEFAULT_TIMEOUT);
        boolean noRetry = place.equals("/settings/defaults/retry absent")
                && definition.settings().defaults().retry().get().maxAttempts() == 1;
        return noTimeout || noRetry || definition.equals(mutant);
    }

    @Test
    void every_part_of_the_sample_counts() {
        Definition definition = reader.read(ReadDefinitionTest.LEAD).definition();
        Map<String, Definition> mutants = Variants.mutants(definition);
        List<String> hashes = new ArrayList<>();
        hashes.add(DefinitionHash.of(definition));
        mutants.values().removeIf(definition::equals); // a schema without its type gets it back
        mutants.values().forEach(mutant -> hashes.add(DefinitionHash.of(mutant)));
        assertThat(mutants).hasSizeGreaterThan(100);
        assertThat(hashes).doesNotHaveDuplicates();
    }

    @Test
    void is_the_same_on_every_machine_and_in_every_release() {
        Definition definition = reader.read(ReadDefinitionTest.LEAD).definition();
        assertThat(DefinitionHash.of(definition))
                .isEqualTo("aeae6f9d03add90c3aba842606fe4eb1132f5ea4a7643278a0b999a7c7c6aa29");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s: {value: 1} | s: {value: 1, description: for people} # and a comment",
                "s: {wait: 10m} | s: {wait: 600s}",
                "s: {wait: PT1H} | s: {wait: 60m}",
                "s: {value: 1, timeout: 90s} | s: {value: 1, timeout: PT1M30S}",
                "s: {value: 1, if: a > 1} | s: {value: 1, if: '${{ a > 1 }}'}",
                "s: {value: '${{a}}'} | s: {value: '${{  a }}'}",
                "s: {value: 1, needs: [a, b]} | s: {value: 1, needs: [b, a, b]}",
                "s: {value: 1, retry: 3} | s: {value: 1, retry: {maxAttempts: 3, jitter: 0.2, delay: 200ms}}",
                "s: {value: 1, retry: none} | s: {value: 1, retry: {maxAttempts: 1, delay: 1h}}",
                "s: {value: 1, retry: {on: [io, x]}} | s: {value: 1, retry: {on: [x, io]}}",
                "s: {value: 1, onError: fail, join: all-success} | s: {value: 1}",
                "s: {value: 1, onError: {fallback: 2}} | s: {value: 1, onError: {value: 2}}",
                "s: {forEach: [1], steps: {}} | s: {forEach: [1], as: item, concurrency: 16, onItemError: fail, steps: {}}",
                "s: {repeat: {steps: {}}} | s: {repeat: {steps: {}, max: 1000, delay: 0s}}",
                "s: {emit: e, with: {a: 1}} | s: {emit: {event: e, data: {a: 1}}}",
                "s: {fail: m} | s: {fail: {code: failed, message: m}}",
                "s: {await: go} | s: {await: {signal: go}}",
                "s: {await: {signal: go, schema: string}} | s: {await: {signal: go, schema: {type: string}}}",
                "s: {approve: {by: [a, b]}} | s: {approve: {by: [b, a], else: fail}}",
                "s: {approve: {form: {a: string, b: any}}} | s: {approve: {form: {type: object, required: [b, a], properties: {a: {type: string}, b: {}}}}}"
            })
    void two_spellings_have_one_hash(String one, String other) {
        assertThat(hash(other)).isEqualTo(hash(one));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "s: {value: 1} | s: {value: 1.0}",
                "s: {value: 1} | s: {value: '1'}",
                "s: {value: null} | s: {value: 'null'}",
                "s: {value: [a, b]} | s: {value: [b, a]}",
                "s: {value: ' ${{ a }}'} | s: {value: '${{ a }}'}",
                "s: {value: 10m} | s: {value: 600s}",
                "s: {emit: e} | s: {emit: e, with: {}}",
                "s: {value: 1, onError: {fallback: {value: 1}}} | s: {value: 1, onError: {value: {value: 1}}}",
                "s: {switch: [{if: a, value: 1}, {if: b, value: 2}]} | s: {switch: [{if: b, value: 2}, {if: a, value: 1}]}"
            })
    void two_meanings_have_two_hashes(String one, String other) {
        assertThat(hash(other)).isNotEqualTo(hash(one));
    }

    private String hash(String steps) {
        return DefinitionHash.of(
                reader.read("auterity: 1\nid: w\nsteps:\n  " + steps).definition());
    }

    @Test
    void unwritten_defaults_of_all_runs_are_the_documented_ones() {
        String plain = "auterity: 1\nid: w\nsteps: {}\n";
        assertThat(DefinitionHash.of(reader.read(plain + "defaults: {timeout: 5m, retry: none}")
                        .definition()))
                .isEqualTo(DefinitionHash.of(reader.read(plain).definition()));
    }
}
