package io.auterity.journal;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class EntryCodecFuzzTest {

    /** The first byte is the number of the kind: {@code A} is 1, {@code B} 2. */
    @FuzzTest(maxDuration = "1m")
    void any_row_is_refused_as_damaged_or_is_an_entry_that_survives_writing(byte @NotNull [] row) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(row));
    }

    private static void check(byte[] bytes) {
        if (bytes.length == 0) {
            return;
        }
        byte[] payload = Arrays.copyOfRange(bytes, 1, bytes.length);
        JournalEntry entry;
        try {
            entry = EntryCodec.decode(new EntryRow(bytes[0] - '@', 1, "s", 1, 1, payload));
        } catch (JournalException refused) {
            assertThat(refused).hasMessageContaining("an entry of kind ");
            return;
        }
        EntryRow written = EntryCodec.encode(entry);
        assertThat(EntryCodec.encode(EntryCodec.decode(written))).isEqualTo(written);
    }
}
