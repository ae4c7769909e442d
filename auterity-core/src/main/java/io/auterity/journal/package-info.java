/** The append-only record of a run, behind an interface that stores implement. */
@NullMarked
package io.auterity.journal;

import org.jspecify.annotations.NullMarked;
