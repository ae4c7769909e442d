package io.auterity.behaviour;

/** Who decides which thread goes on. */
enum Schedule {
    /** The simulated world; time is virtual. */
    SIMULATED,
    /** The machine. */
    REAL
}
