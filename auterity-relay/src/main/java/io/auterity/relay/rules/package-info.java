/** Steering rules: what an operator says about calls in YAML, before the router chooses. */
@NullMarked
package io.auterity.relay.rules;

import org.jspecify.annotations.NullMarked;
