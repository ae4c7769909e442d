/** Named integrations, their operations, and the one guard between them and the network. */
@NullMarked
package io.auterity.connector;

import org.jspecify.annotations.NullMarked;
