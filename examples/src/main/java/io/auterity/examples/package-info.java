/** Workflows on real data, in YAML and in Java. */
@NullMarked
package io.auterity.examples;

import org.jspecify.annotations.NullMarked;
