/** Regular expressions that strangers may write: in expressions, in schemas, and in the rules of whoever builds on us. */
@NullMarked
package io.auterity.regex;

import org.jspecify.annotations.NullMarked;
