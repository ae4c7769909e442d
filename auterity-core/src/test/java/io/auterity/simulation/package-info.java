/** Random runs under random misfortune, in simulated worlds. */
@NullMarked
package io.auterity.simulation;

import org.jspecify.annotations.NullMarked;
