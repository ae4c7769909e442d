/** What the user writes, as immutable data that Java, YAML and the canvas all produce. */
@NullMarked
package io.auterity.definition;

import org.jspecify.annotations.NullMarked;
