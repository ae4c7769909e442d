/** The log of decisions, its replay under another policy, and what the routing has saved. */
@NullMarked
package io.auterity.relay.replay;

import org.jspecify.annotations.NullMarked;
