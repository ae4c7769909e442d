/** The engine room, one loop with a single writer for each run. */
@NullMarked
package io.auterity.run;

import org.jspecify.annotations.NullMarked;
