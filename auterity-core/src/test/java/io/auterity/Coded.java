package io.auterity;

import io.auterity.definition.Definition;
import java.util.Map;

/** Definitions made by tests whose Java steps have code. */
public final class Coded {

    private Coded() {}

    /**
     * Puts code behind a definition.
     *
     * @param definition the definition
     * @param code by the names of its outermost Java steps, code that sees neither inputs nor a context
     * @return the workflow
     */
    @SuppressWarnings("unchecked") // a raw Map is what the class of a map says
    public static Workflow<Map<String, Object>, Object> workflow(
            Definition definition, Map<String, Code.Of0<Object>> code) {
        Workflow<?, Object> coded = Workflow.define(definition.id(), Map.class, (flow, input) -> {
            code.forEach((step, body) -> flow.step(step).run(Object.class, body));
            return flow.step("output").value(Object.class, "null");
        });
        return (Workflow<Map<String, Object>, Object>) coded.at(definition);
    }
}
