package io.auterity.testkit;

import java.io.ByteArrayOutputStream;

/**
 * Finds the ends of replies in what a PostgreSQL server sends: a message is a letter, a length of four bytes that counts
 * itself, and the rest; a reply ends with {@code ReadyForQuery}, a {@code Z} of length 5 whose last byte tells {@code I}
 * outside a transaction. The single letter that answers a client's wish for encryption is no message.
 *
 * <p>Source: PostgreSQL's documentation, chapter "Frontend/Backend Protocol", section "Message Formats". Confined to one
 * thread.
 */
final class PostgresReplies {

    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private int encryptionAnswers;
    private long messageBytes; // of the message that has begun, still to come
    private int headerBytes;
    private int letter;
    private long length;
    private int lastByte;
    private boolean hasResult;

    /** Is told what can be passed on: everything up to the end of a reply, or a piece that is too big to hold. */
    interface Reader {
        /**
         * Takes bytes.
         *
         * @param bytes in order
         * @param endsCommand whether a command of the client's has been carried out and nothing is open
         * @return whether to go on
         */
        boolean take(byte[] bytes, boolean endsCommand);
    }

    private static final int MOST_HELD = 1 << 20;

    /** The client has asked whether it may encrypt; the next byte from the server is the answer. */
    void expectEncryptionAnswer() {
        encryptionAnswers++;
    }

    /**
     * Takes what the server sent.
     *
     * @return whether the reader wants more
     */
    boolean add(byte[] bytes, int count, Reader reader) {
        for (int i = 0; i < count; i++) {
            held.write(bytes[i]);
            boolean ends = see(bytes[i] & 0xff);
            boolean pass = ends || held.size() >= MOST_HELD;
            if (pass && !reader.take(flush(), ends && hasResult && lastByte == 'I')) {
                return false;
            }
            if (ends) {
                hasResult = false;
            }
        }
        // What is not a result need not wait: the handshake, for one, ends without a reply.
        return hasResult || held.size() == 0 || reader.take(flush(), false);
    }

    /** Returns whether this byte ends a reply. */
    private boolean see(int value) {
        if (encryptionAnswers > 0) {
            encryptionAnswers--;
            return false;
        }
        if (headerBytes < 5) {
            if (headerBytes == 0) {
                letter = value;
                length = 0;
            } else {
                length = length << 8 | value;
            }
            if (++headerBytes < 5) {
                return false;
            }
            hasResult |= letter == 'C'; // CommandComplete
            messageBytes = length - 4;
        } else {
            lastByte = value;
            messageBytes--;
        }
        if (messageBytes > 0) {
            return false;
        }
        headerBytes = 0;
        return letter == 'Z';
    }

    private byte[] flush() {
        byte[] bytes = held.toByteArray();
        held.reset();
        return bytes;
    }
}
