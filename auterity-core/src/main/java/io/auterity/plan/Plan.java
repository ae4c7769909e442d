package io.auterity.plan;

import io.auterity.definition.Definition;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A compiled workflow: everything a run needs to know, in the form it needs it. Immutable, thread-safe, shared by all
 * runs of a version.
 *
 * @param definition what was compiled
 * @param hash the definition's semantic hash, which identifies the version
 * @param graph the steps and the output
 * @param vars computes the workflow's variables, in the order of the definition's settings
 * @param inputs computes the inputs of the runs that schedules start, by the schedule's name; none for a schedule that
 *     gives its runs no input
 * @param links the names that the engine binds to real things
 */
public record Plan(
        Definition definition, String hash, Graph graph, List<Compute> vars, Map<String, Compute> inputs, Links links) {

    /** Copies the collections. */
    public Plan {
        Objects.requireNonNull(definition, "definition");
        Objects.requireNonNull(hash, "hash");
        Objects.requireNonNull(graph, "graph");
        vars = List.copyOf(vars);
        inputs = Map.copyOf(inputs);
        Objects.requireNonNull(links, "links");
    }

    /**
     * The names that bodies refer to by number.
     *
     * @param operations {@code <connector>.<operation>}
     * @param functions paths of Java steps: the names of the enclosing steps and its own, joined by {@code /}
     * @param secrets names of secrets
     */
    public record Links(List<String> operations, List<String> functions, List<String> secrets) {
        /** Copies the lists. */
        public Links {
            operations = List.copyOf(operations);
            functions = List.copyOf(functions);
            secrets = List.copyOf(secrets);
        }
    }

    /**
     * Returns the workflow's identifier.
     *
     * @return the identifier
     */
    public String workflow() {
        return definition.id();
    }

    /**
     * Returns the operations that calls refer to.
     *
     * @return {@code <connector>.<operation>} by number
     */
    public List<String> operations() {
        return links.operations();
    }

    /**
     * Returns the Java steps that code refers to.
     *
     * @return step paths by number
     */
    public List<String> functions() {
        return links.functions();
    }

    /**
     * Returns the secrets that references of kind {@link Reference.Kind#SECRET} point at.
     *
     * @return names by number
     */
    public List<String> secrets() {
        return links.secrets();
    }
}
