/** What the engine costs in memory and on disk: programs in processes of their own, with a bounded heap. */
@NullMarked
package io.auterity.footprint;

import org.jspecify.annotations.NullMarked;
