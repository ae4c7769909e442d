package io.auterity.compile;

import io.auterity.connector.Operation;
import io.auterity.definition.Definition;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Json;
import io.auterity.definition.Positions;
import io.auterity.definition.Problem;
import io.auterity.definition.Step;
import io.auterity.expression.Type;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A compiler with a few operations and workflows around it, and short ways to ask it. */
final class Compiling {

    /** The sample of the format's description. */
    static final String SAMPLE = """
            auterity: 1
            id: lead-follow-up
            description: Score a dealership lead and follow up.
            input:
              lead: {type: object, required: [email], properties: {email: {type: string}, budget: {type: number}}}
            defaults: {timeout: 30s, retry: {maxAttempts: 3}}
            steps:
              profile:
                uses: http.request
                with: {method: GET, url: "https://crm.example/leads/${{ input.lead.email }}"}
                retry: {maxAttempts: 5, delay: 200ms, multiplier: 2, maxDelay: 10s, jitter: 0.2, on: [io, http-429, http-5xx]}
                timeout: 10s
              score:
                value: ${{ input.lead.budget / 1000.0 + double(steps.profile.output.body.visits) }}
              tier:
                switch:
                  - {if: "${{ steps.score.output > 80.0 }}", value: hot}
                  - {else: true, value: cold}
              call:
                if: ${{ steps.tier.output == 'hot' }}
                uses: notify.send
                with: {channel: sms, text: "Call ${{ input.lead.email }}"}
                onError: continue
                undo: {uses: notify.send, with: {channel: sms, text: "Please ignore"}}
              each:
                forEach: ${{ steps.profile.output.body.contacts }}
                as: contact
                concurrency: 8
                onItemError: collect
                steps:
                  greet: {uses: email.send, with: {to: "${{ contact.email }}"}}
                output: ${{ steps.greet.output.id }}
              approved: {approve: {by: [manager], within: 24h, form: {note: string}, else: reject}}
              reply: {await: {signal: customer-reply, within: 2d}, needs: [call]}
              pause: {wait: 10m, needs: [reply]}
            output: {tier: "${{ steps.tier.output }}", mails: "${{ steps.each.output }}"}
            onFailure: {run: alert-operations}
            triggers:
              - {schedule: {cron: "0 9 * * MON-FRI", zone: Europe/Berlin, catchUp: latest}}
              - {webhook: {path: leads}}
            """;

    private static final Map<String, Operation.Description> OPERATIONS = new LinkedHashMap<>();

    static {
        operation("http.request", """
                {"type": "object", "required": ["url"], "additionalProperties": false, "properties": {
                    "method": {"enum": ["GET", "POST", "PUT", "DELETE"]}, "url": {"type": "string"},
                    "headers": {"type": "object", "additionalProperties": {"type": "string"}},
                    "query": {"type": "object", "additionalProperties": {"type": "string"}},
                    "json": {}, "maxBytes": {"type": "integer", "minimum": 1}}}
                """, """
                {"type": "object", "required": ["status", "headers", "body"], "properties": {
                    "status": {"type": "integer"},
                    "headers": {"type": "object", "additionalProperties": {"type": "string"}}, "body": {}}}
                """, "io", "http-429", "http-5xx");
        operation("notify.send", """
                {"type": "object", "required": ["channel", "text"], "additionalProperties": false, "properties": {
                    "channel": {"enum": ["sms", "mail"]}, "text": {"type": "string"},
                    "to": {"type": "array", "items": {"type": "string"}}}}
                """, """
                {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
                """);
        operation("email.send", """
                {"type": "object", "required": ["to"], "properties": {
                    "to": {"type": "string"}, "subject": {"type": "string"}}}
                """, """
                {"type": "object", "required": ["id"], "properties": {"id": {"type": "string"}}}
                """);
    }

    private Compiling() {}

    @SuppressWarnings("unchecked")
    private static void operation(String name, String input, String output, String... retryable) {
        OPERATIONS.put(
                name,
                new Operation.Description(
                        name.substring(name.indexOf('.') + 1),
                        "",
                        (Map<String, Object>) Json.read(input),
                        (Map<String, Object>) Json.read(output),
                        false,
                        List.of(retryable)));
    }

    /** A compiler that knows three operations and the workflow {@code alert-operations}. */
    static Compiler.Builder compiler() {
        Map<String, Signature> workflows = Map.of("alert-operations", new Signature(Map.of(), Type.ANY, Set.of()));
        return Compiler.builder()
                .operations(name -> Optional.ofNullable(OPERATIONS.get(name)), OPERATIONS::keySet)
                .workflows(id -> Optional.ofNullable(workflows.get(id)), workflows::keySet);
    }

    /** Reads a definition; texts that do not begin with the version get one, and an id. */
    static DefinitionReader.Parsed parse(String yaml) {
        return new DefinitionReader().read(yaml.startsWith("auterity") ? yaml : "auterity: 1\nid: flow\n" + yaml);
    }

    static Definition read(String yaml) {
        return parse(yaml).definition();
    }

    static Compiled compile(String yaml) {
        return compiler().build().check(read(yaml), Positions.NONE).orElseThrow();
    }

    /** Compiles a text and returns what is wrong, each problem as it is shown. */
    static List<String> problems(String yaml) {
        return problems(compiler(), read(yaml));
    }

    static List<String> problems(Definition definition) {
        return problems(compiler(), definition);
    }

    static List<String> problems(Compiler.Builder compiler, Definition definition) {
        return compiler.build().check(definition, Positions.NONE).problems().stream()
                .map(Problem::toString)
                .toList();
    }

    /** Compiles a text that has exactly one problem, and returns it as it is shown. */
    static String problem(String yaml) {
        List<String> problems = problems(yaml);
        if (problems.size() != 1) {
            throw new AssertionError("expected one problem, but found " + problems);
        }
        return problems.get(0);
    }

    /** Compiles steps made in Java that have exactly one problem, and returns it as it is shown. */
    static String problem(Step... steps) {
        return String.join("\n", problems(Definition.of("flow", steps)));
    }
}
