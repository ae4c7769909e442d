/** Calls language models at the best price for the quality asked; {@link io.auterity.relay.Relay} is the way in. */
@NullMarked
package io.auterity.relay;

import org.jspecify.annotations.NullMarked;
