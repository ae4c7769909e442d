/** Keeps personal data from providers: it is replaced before a call, and put back into the answer. */
@NullMarked
package io.auterity.relay.redact;

import org.jspecify.annotations.NullMarked;
