/** Money in integers, what providers count, what they charge for it, and the dated book of their prices. */
@NullMarked
package io.auterity.relay.money;

import org.jspecify.annotations.NullMarked;
