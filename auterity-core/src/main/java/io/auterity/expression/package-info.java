/** The expression engine: CEL's syntax and meaning, statically typed from JSON Schema, total and bounded in cost. */
@NullMarked
package io.auterity.expression;

import org.jspecify.annotations.NullMarked;
