/** From a definition to a plan, with every problem found at once. */
@NullMarked
package io.auterity.compile;

import org.jspecify.annotations.NullMarked;
