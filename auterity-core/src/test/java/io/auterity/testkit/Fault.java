package io.auterity.testkit;

import java.time.Duration;

/** What a {@link FaultProxy} does to the connections that go through it. */
public sealed interface Fault {

    /** A way through the proxy. */
    enum Direction {
        /** From the client to the server. */
        TO_SERVER,
        /** From the server to the client. */
        TO_CLIENT
    }

    /** No fault: bytes pass as they come. */
    record None() implements Fault {}

    /** Nobody listens: new connections are refused. Those that are there live on. */
    record Refuse() implements Fault {}

    /** Every connection, old and new, is reset at once. */
    record Reset() implements Fault {}

    /**
     * Nothing passes and nobody is told, as on a cut cable; new connections get no answer. What was sent meanwhile
     * arrives once the fault is over, as TCP would have it.
     */
    record BlackHole() implements Fault {}

    /**
     * A {@link BlackHole} one way.
     *
     * @param direction which way
     */
    record Drop(Direction direction) implements Fault {}

    /**
     * Every piece comes later, both ways.
     *
     * @param by how much later
     */
    record Delay(Duration by) implements Fault {}

    /**
     * Bytes trickle.
     *
     * @param bytesPerSecond how many each way, 1 or more
     */
    record Throttle(int bytesPerSecond) implements Fault {
        /** Checks the rate. */
        public Throttle {
            if (bytesPerSecond < 1) {
                throw new IllegalArgumentException("bytesPerSecond is 1 or more, not " + bytesPerSecond);
            }
        }
    }

    /**
     * Some bytes still pass; the connection that brings more is reset at that byte, even in the middle of a message.
     * Happens once; from then on bytes pass.
     *
     * @param direction which way is counted
     * @param bytes how many still pass on all connections together, 0 or more
     */
    record CutAfter(Direction direction, long bytes) implements Fault {
        /** Checks the number. */
        public CutAfter {
            if (bytes < 0) {
                throw new IllegalArgumentException("bytes is 0 or more, not " + bytes);
            }
        }
    }

    /**
     * PostgreSQL has carried a command out, and the connection is reset before the client hears of it: the server has
     * sent {@code ReadyForQuery} outside a transaction, so whatever the command changed is committed. Happens once; from
     * then on bytes pass.
     *
     * @param replies how many replies of all connections together still pass, 0 or more
     */
    record CutBeforeReply(long replies) implements Fault {
        /** Checks the number. */
        public CutBeforeReply {
            if (replies < 0) {
                throw new IllegalArgumentException("replies is 0 or more, not " + replies);
            }
        }
    }
}
