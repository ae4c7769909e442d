/** How many tokens a prompt has: exactly, at most, and probably; and prompts that fit a model's window. */
@NullMarked
package io.auterity.relay.tokens;

import org.jspecify.annotations.NullMarked;
