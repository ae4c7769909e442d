/** Operations with which workflows ask language models. */
@NullMarked
package io.auterity.relay.operation;

import org.jspecify.annotations.NullMarked;
