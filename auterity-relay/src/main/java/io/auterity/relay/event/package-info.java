/** What a relay tells about its calls while it makes them. */
@NullMarked
package io.auterity.relay.event;

import org.jspecify.annotations.NullMarked;
