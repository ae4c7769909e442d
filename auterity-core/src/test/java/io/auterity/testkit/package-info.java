/** What tests of workflows and of journals need: worlds of virtual time, faulty journals, the contract of journals. */
@NullMarked
package io.auterity.testkit;

import org.jspecify.annotations.NullMarked;
