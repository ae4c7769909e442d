package io.auterity.compile;

import io.auterity.expression.Type;
import io.auterity.plan.Plan;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;

/**
 * A compiled workflow: its plan, and what the compiler learned about types on the way. Immutable and thread-safe.
 *
 * @param plan what the engine runs
 * @param signature what workflows that run this one know of it, the type of its output included
 * @param inputType the type of its input
 * @param stepTypes the type of each step's output by path, the names of the enclosing steps and its own joined by
 *     {@code /}, in the order written
 */
public record Compiled(Plan plan, Signature signature, Type inputType, Map<String, Type> stepTypes) {

    /** Copies the types. */
    public Compiled {
        Objects.requireNonNull(plan, "plan");
        Objects.requireNonNull(signature, "signature");
        Objects.requireNonNull(inputType, "inputType");
        stepTypes = Collections.unmodifiableMap(new LinkedHashMap<>(stepTypes));
    }

    /**
     * Returns the type of the workflow's output.
     *
     * @return the type
     */
    public Type outputType() {
        return signature.output();
    }
}
