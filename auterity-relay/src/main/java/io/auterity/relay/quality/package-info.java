/** Predicts how well each model would answer a prompt, learns from scores, and judges policies from their logs. */
@NullMarked
package io.auterity.relay.quality;

import org.jspecify.annotations.NullMarked;
