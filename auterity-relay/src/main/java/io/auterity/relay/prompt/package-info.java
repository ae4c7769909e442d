/** Prompts that are written once, with a name and a version, and filled with values. */
@NullMarked
package io.auterity.relay.prompt;

import org.jspecify.annotations.NullMarked;
