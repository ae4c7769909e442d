/** Measures the library against its peers, side by side in one process. */
@NullMarked
package io.auterity.benchmarks;

import org.jspecify.annotations.NullMarked;
