/** When schedules fire: a pure function of the schedule, what has been fired, and the time; and what fires them. */
@NullMarked
package io.auterity.trigger;

import org.jspecify.annotations.NullMarked;
