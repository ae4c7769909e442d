/** Random workflows with the result that a sequential reference computes for them. */
@NullMarked
package io.auterity.random;

import org.jspecify.annotations.NullMarked;
