package io.auterity.run;

import io.auterity.event.EventDispatcher;
import io.auterity.journal.Journal;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Everything outside that runs depend on: time, randomness, threads, storage, observers. All are thread-safe.
 *
 * @param clock tells the time
 * @param random spreads retries
 * @param timer calls back later
 * @param executor runs attempts
 * @param journal records what happens, under the lease of the tenure
 * @param tenure the right to write
 * @param events tells listeners
 * @param pulse looks after runs that keep ready steps on one thread
 */
public record RunPorts(
        InstantSource clock,
        RandomGenerator random,
        Timer timer,
        Executor executor,
        Journal journal,
        Tenure tenure,
        EventDispatcher events,
        Pulse pulse) {}
