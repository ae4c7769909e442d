/** Broken code that the architecture rules must find. */
@NullMarked
package io.auterity.broken.definition;

import org.jspecify.annotations.NullMarked;
