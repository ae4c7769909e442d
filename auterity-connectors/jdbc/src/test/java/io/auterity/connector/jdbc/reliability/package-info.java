/** Proofs with real processes: engines that are killed, stopped and cut off while an external ledger watches. */
@NullMarked
package io.auterity.connector.jdbc.reliability;

import org.jspecify.annotations.NullMarked;
