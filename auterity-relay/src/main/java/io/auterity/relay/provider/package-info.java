/** Calls to language models: one form for all providers, their interfaces over HTTP, and one table of failures. */
@NullMarked
package io.auterity.relay.provider;

import org.jspecify.annotations.NullMarked;
