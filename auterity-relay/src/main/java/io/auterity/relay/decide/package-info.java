/** The pure decision which model and deployment a call goes to, with its reasons. */
@NullMarked
package io.auterity.relay.decide;

import org.jspecify.annotations.NullMarked;
