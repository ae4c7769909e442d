/**
 * The durable journal in the user's own database, and the operations {@code sql.query} and {@code sql.update}.
 *
 * <p>{@link io.auterity.connector.jdbc.JdbcJournal} is where to begin.
 */
@NullMarked
package io.auterity.connector.jdbc;

import org.jspecify.annotations.NullMarked;
