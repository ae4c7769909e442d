package io.auterity.definition;

import java.util.Map;

/**
 * What starts runs of a workflow, as written.
 *
 * @param kind {@code schedule}, {@code webhook}, or a connector's own kind
 * @param settings its settings
 */
public record Trigger(String kind, Map<String, Object> settings) {

    /** Copies the settings. */
    public Trigger {
        settings = Values.copyOf(settings);
    }
}
