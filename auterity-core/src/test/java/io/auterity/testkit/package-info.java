/** What tests of workflows and of journals need: a simulated world, faulty journals, the contract of journals. */
@NullMarked
package io.auterity.testkit;

import org.jspecify.annotations.NullMarked;
