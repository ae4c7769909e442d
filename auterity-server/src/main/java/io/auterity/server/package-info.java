/** The command line. */
@NullMarked
package io.auterity.server;

import org.jspecify.annotations.NullMarked;
