/** The compiled, executable order of a workflow, as dense integer graphs. */
@NullMarked
package io.auterity.plan;

import org.jspecify.annotations.NullMarked;
