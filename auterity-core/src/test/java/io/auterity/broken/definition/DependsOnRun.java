package io.auterity.broken.definition;

import io.auterity.broken.run.DependsOnDefinition;

/** Looks up at the package that runs it. */
public final class DependsOnRun {
    DependsOnDefinition up() {
        return new DependsOnDefinition();
    }
}
