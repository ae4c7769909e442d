package io.auterity.broken.run;

import io.auterity.broken.definition.DependsOnRun;

/** Looks down at the package that defines it, which is allowed, and closes the cycle. */
public final class DependsOnDefinition {
    DependsOnRun down() {
        return new DependsOnRun();
    }
}
