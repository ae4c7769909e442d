package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PostgresRepliesTest {

    private final PostgresReplies replies = new PostgresReplies();
    private final ByteArrayOutputStream passed = new ByteArrayOutputStream();
    private final List<Integer> ends = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, 1_000})
    void finds_the_ends_of_commands_however_the_bytes_are_cut(int piece) {
        ByteArrayOutputStream sent = new ByteArrayOutputStream();
        replies.expectEncryptionAnswer();
        sent.writeBytes(text("N")); // "no encryption"; not the message of this letter
        sent.writeBytes(message('R', "....")); // authentication
        sent.writeBytes(message('Z', "I"));
        sent.writeBytes(message('C', "BEGIN\0"));
        sent.writeBytes(message('Z', "T")); // a transaction is open: nothing is committed yet
        sent.writeBytes(message('D', "ZIZIZ"));
        sent.writeBytes(message('C', "COMMIT\0"));
        sent.writeBytes(message('Z', "I"));
        int committed = sent.size();
        sent.writeBytes(message('E', "it went wrong"));
        sent.writeBytes(message('Z', "I")); // nothing was carried out
        byte[] all = sent.toByteArray();

        for (int at = 0; at < all.length; at += piece) {
            int count = Math.min(piece, all.length - at);
            byte[] bytes = new byte[count];
            System.arraycopy(all, at, bytes, 0, count);
            replies.add(bytes, count, (taken, endsCommand) -> {
                passed.writeBytes(taken);
                if (endsCommand) {
                    ends.add(passed.size());
                }
                return true;
            });
        }

        assertThat(passed.toByteArray()).isEqualTo(all);
        assertThat(ends).containsExactly(committed);
    }

    private static byte[] message(char letter, String rest) {
        return ByteBuffer.allocate(5 + rest.length())
                .put((byte) letter)
                .putInt(4 + rest.length())
                .put(text(rest))
                .array();
    }

    private static byte[] text(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
