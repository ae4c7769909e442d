package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** In which form a payload is kept, to the byte. */
class PayloadTest {

    /** Bytes that cannot be deflated: so many more of them make the deflated form so much longer. */
    private static byte[] noise(int bytes) {
        byte[] noise = new byte[bytes];
        new Random(1).nextBytes(noise);
        return noise;
    }

    private static void comesBack(byte[] bytes, Payload payload) {
        assertThat(Arrays.equals(payload.bytes(), bytes)).isTrue();
    }

    @Test
    void up_to_256_kibibytes_are_kept_as_they_are() {
        for (int bytes : new int[] {0, 1, Payload.MAX_PLAIN - 1, Payload.MAX_PLAIN}) {
            assertThat(Payload.of(noise(bytes)).form()).isEqualTo(Payload.PLAIN);
            comesBack(noise(bytes), Payload.of(noise(bytes)));
        }
        assertThat(Payload.of(noise(Payload.MAX_PLAIN + 1)).form()).isEqualTo(Payload.DEFLATED);
    }

    @Test
    void up_to_2_mebibytes_of_what_is_deflated_stay_in_the_row() {
        int almost = Payload.MAX_INLINE - 10_000;
        int added = (int) Payload.of(noise(almost)).size() - almost; // by a form that cannot make it shorter
        int bytes = Payload.MAX_INLINE - added - 10; // from below, to the first that is too large
        Payload payload = Payload.of(noise(bytes));
        long before = 0;
        while (payload.form() == Payload.DEFLATED) {
            before = payload.size();
            payload = Payload.of(noise(++bytes));
        }
        assertThat(before).isEqualTo(Payload.MAX_INLINE);
        assertThat(payload.form()).isEqualTo(Payload.PARTS);
        assertThat(payload.inline()).isNull();
        assertThat(payload.size()).isEqualTo(Payload.MAX_INLINE + 1);
        assertThat(payload.parts()).extracting(part -> part.length).containsExactly(Payload.PART, Payload.PART, 1);
        comesBack(noise(bytes), payload);
        comesBack(noise(bytes - 1), Payload.of(noise(bytes - 1)));
        assertThat(Payload.of(noise(bytes - 2)).size()).isEqualTo(Payload.MAX_INLINE - 1);
    }
}
