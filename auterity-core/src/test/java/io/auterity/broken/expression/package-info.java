/** Broken code that the architecture rules must find. */
@NullMarked
package io.auterity.broken.expression;

import org.jspecify.annotations.NullMarked;
