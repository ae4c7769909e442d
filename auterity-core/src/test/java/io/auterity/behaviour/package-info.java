/** What workflows do when they run, told by the way users meet it. */
@NullMarked
package io.auterity.behaviour;

import org.jspecify.annotations.NullMarked;
