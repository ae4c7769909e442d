/** Broken code that the architecture rules must find. */
@NullMarked
package io.auterity.broken.run;

import org.jspecify.annotations.NullMarked;
