/** Spans and metrics of OpenTelemetry; the only package that needs its API, which is an optional dependency. */
@NullMarked
package io.auterity.relay.telemetry;

import org.jspecify.annotations.NullMarked;
