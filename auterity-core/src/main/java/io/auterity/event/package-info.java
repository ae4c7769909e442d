/** What observers are told about a run, derived from its journal entries. */
@NullMarked
package io.auterity.event;

import org.jspecify.annotations.NullMarked;
