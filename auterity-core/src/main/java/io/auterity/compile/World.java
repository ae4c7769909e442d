package io.auterity.compile;

import io.auterity.connector.Operation;
import java.util.Collection;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What is around a definition: the operations, workflows and secrets it may name.
 *
 * @param isRecorded whether the definition was accepted elsewhere, and comes from a journal
 */
record World(
        Function<String, Optional<Operation.Description>> operations,
        Supplier<? extends Collection<String>> operationNames,
        Function<String, Optional<Signature>> workflows,
        Supplier<? extends Collection<String>> workflowNames,
        Optional<Set<String>> secrets,
        boolean isRecorded) {

    Operation.@Nullable Description operation(String name) {
        return operations.apply(name).orElse(null);
    }

    @Nullable
    Signature workflow(String id) {
        return workflows.apply(id).orElse(null);
    }

    boolean hasSecret(String name) {
        return secrets.isEmpty() || secrets.get().contains(name);
    }

    Collection<String> secretNames() {
        return secrets.orElse(Set.of());
    }
}
