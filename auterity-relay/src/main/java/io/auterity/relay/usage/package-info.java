/** What providers report of a call's usage, in the one form that prices are made for. */
@NullMarked
package io.auterity.relay.usage;

import org.jspecify.annotations.NullMarked;
