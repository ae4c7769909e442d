package io.auterity.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.testkit.Entries;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class EntryCodecTest {

    @Test
    void gives_back_every_kind_of_entry() {
        List<JournalEntry> all = Entries.all();

        assertThat(all.stream().map(entry -> EntryCodec.decode(EntryCodec.encode(entry))))
                .isEqualTo(all);
        assertThat(all.stream().map(Object::getClass).collect(Collectors.toSet()))
                .isEqualTo(kinds());
    }

    @Test
    void gives_back_how_many_runs_stand_above_one() {
        for (int depth : new int[] {0, 1, 15}) {
            Origin origin = new Origin("acme", Optional.of(RunId.of("parent")), "call", Map.of("team", "a"), depth);
            JournalEntry started = new RunStarted(1, "flow", "version", Map.of(), origin);
            assertThat(EntryCodec.decode(EntryCodec.encode(started))).isEqualTo(started);
        }
    }

    private static Set<Class<?>> kinds() {
        List<Class<?>> kinds = new ArrayList<>(Arrays.asList(JournalEntry.class.getPermittedSubclasses()));
        kinds.remove(JournalEntry.OfStep.class);
        kinds.addAll(Arrays.asList(JournalEntry.OfStep.class.getPermittedSubclasses()));
        return Set.copyOf(kinds);
    }

    @Property(tries = 300, seed = "20261122")
    void gives_back_every_output(
            @ForAll("values") Object output, @ForAll long at, @ForAll long startedAt, @ForAll String step) {
        StepSucceeded done = new StepSucceeded(at, step, 1, startedAt, output);

        EntryRow row = EntryCodec.encode(done);
        assertThat(EntryCodec.decode(row)).isEqualTo(done);
        assertThat(EntryCodec.encode(EntryCodec.decode(row))).isEqualTo(row);
    }

    @Provide
    Arbitrary<Object> values() {
        return Arbitraries.lazyOf(
                () -> Arbitraries.strings().map(text -> (Object) text),
                () -> Arbitraries.longs().map(number -> (Object) number),
                () -> Arbitraries.doubles().map(number -> (Object) number),
                () -> Arbitraries.of(true, false),
                () -> values().list().ofMaxSize(3).map(list -> (Object) list),
                () -> Arbitraries.maps(Arbitraries.strings().alpha(), values())
                        .ofMaxSize(3)
                        .map(map -> (Object) new LinkedHashMap<>(map)));
    }

    /** These must stay readable for ever: an entry that is to be written in another form gets a new number. */
    @Test
    void reads_and_writes_the_same_bytes_as_ever() throws IOException {
        List<String> recorded;
        try (InputStream file = EntryCodecTest.class.getResourceAsStream("entries-1.txt")) {
            recorded = new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList();
        }

        assertThat(Entries.durable().stream().map(entry -> text(EntryCodec.encode(entry))))
                .isEqualTo(recorded);
        assertThat(recorded.stream().map(line -> EntryCodec.decode(row(line)))).isEqualTo(Entries.durable());
    }

    private static String text(EntryRow row) {
        return row.kind() + "|" + row.at() + "|" + row.step() + "|" + row.attempt() + "|" + row.startedAt() + "|"
                + Base64.getEncoder().encodeToString(row.payload());
    }

    private static EntryRow row(String line) {
        String[] parts = line.split("\\|", -1);
        return new EntryRow(
                Integer.parseInt(parts[0]),
                Long.parseLong(parts[1]),
                parts[2],
                Integer.parseInt(parts[3]),
                Long.parseLong(parts[4]),
                Base64.getDecoder().decode(parts[5]));
    }

    @Test
    void takes_the_json_of_objects_that_is_made_already() {
        JavaValue value = new JavaValue(this, same -> Map.of("n", 1L));
        byte[] made = value.bytes();

        assertThat(EntryCodec.encode(new StepSucceeded(1, "s", 1, 1, value)).payload())
                .isSameAs(made)
                .isEqualTo("{\"n\":1}".getBytes(StandardCharsets.UTF_8));
    }

    @Test
    void refuses_what_has_no_json() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EntryCodec.encode(new StepSucceeded(1, "s", 1, 1, new Object())));
    }

    @Test
    void refuses_kinds_that_it_does_not_know() {
        for (int kind : new int[] {-1, 0, 21, Integer.MAX_VALUE}) {
            assertThatThrownBy(() -> EntryCodec.decode(new EntryRow(kind, 1, "", 0, 0, new byte[0])))
                    .isInstanceOf(JournalException.class)
                    .hasMessage("an entry of kind " + kind
                            + " is in the journal, which this version does not know; use the version that wrote it, or a"
                            + " newer one");
        }
    }

    @Test
    void refuses_damaged_payloads_and_nothing_else_happens() {
        List<String> damages = List.of("", "{", "null", "[]", "3", "{}", "{\"failure\":3}", "{\"status\":\"LOST\"}");
        for (int kind : new int[] {1, 2, 3, 5, 9, 10, 11, 14, 15, 16, 18, 20}) {
            for (String damage : damages) {
                EntryRow row = new EntryRow(kind, 1, "s", 1, 1, damage.getBytes(StandardCharsets.UTF_8));
                assertThatThrownBy(() -> EntryCodec.decode(row))
                        .as("%s: %s", kind, damage)
                        .isInstanceOf(JournalException.class)
                        .hasMessageContaining("kind " + kind);
            }
        }
    }

    @Test
    void refuses_a_depth_that_no_version_has_written() {
        String json = "{\"workflow\":\"w\",\"version\":\"v\",\"depth\":3000000000}";
        EntryRow row = new EntryRow(1, 1, "", 0, 0, json.getBytes(StandardCharsets.UTF_8));
        assertThatThrownBy(() -> EntryCodec.decode(row))
                .isInstanceOf(JournalException.class)
                .hasMessageContaining("an entry of kind 1 is damaged");
    }
}
