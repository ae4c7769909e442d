package io.auterity.connector.jdbc;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** Lets time pass on the databases' clock, which is the machine's. */
final class Passing {

    private Passing() {}

    static void pass(Duration time) {
        // The clock of a database may count in coarser steps than the JVM's timer.
        long deadline = System.nanoTime() + time.plusMillis(2).toNanos();
        long left = deadline - System.nanoTime();
        while (left > 0) {
            LockSupport.parkNanos(left);
            left = deadline - System.nanoTime();
        }
    }
}
