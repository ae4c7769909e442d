/** Broken code that the architecture rules must find. */
@NullMarked
package io.auterity.broken;

import org.jspecify.annotations.NullMarked;
