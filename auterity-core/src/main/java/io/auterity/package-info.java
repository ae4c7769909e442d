/** The facade: the types a host program needs to define and run workflows. */
@NullMarked
package io.auterity;

import org.jspecify.annotations.NullMarked;
