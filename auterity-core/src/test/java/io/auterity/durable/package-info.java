/** Runs that outlive their engine: crashes, takeovers, parked runs, messages from elsewhere. */
@NullMarked
package io.auterity.durable;

import org.jspecify.annotations.NullMarked;
