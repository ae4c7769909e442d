/** The operation {@code http.request}, which calls HTTP services through the outbound guard. */
@NullMarked
package io.auterity.connector.http;

import org.jspecify.annotations.NullMarked;
