package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Policy.OnError;
import io.auterity.definition.StepKind.Approve;
import io.auterity.definition.StepKind.Await;
import io.auterity.definition.StepKind.Emit;
import io.auterity.definition.StepKind.Fail;
import io.auterity.definition.StepKind.ForEach;
import io.auterity.definition.StepKind.Race;
import io.auterity.definition.StepKind.Repeat;
import io.auterity.definition.StepKind.Switch;
import io.auterity.definition.StepKind.Try;
import io.auterity.definition.StepKind.Uses;
import io.auterity.definition.StepKind.Value;
import io.auterity.definition.StepKind.Wait;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ReadDefinitionTest {

    static final String LEAD = """
            auterity: 1                       # format version
            id: lead-follow-up
            description: Score a dealership lead and follow up.
            input:
              lead: {type: object, required: [email], properties: {email: {type: string}, budget: {type: number}}}
            defaults: {timeout: 30s, retry: {maxAttempts: 3}}
            steps:
              profile:
                uses: http.request            # an operation of a connector
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
                onError: continue             # fail (default) | continue | {fallback: <value or step>}
                undo: {uses: notify.send, with: {channel: sms, text: "Please ignore"}}
              each:
                forEach: ${{ steps.profile.output.body.contacts }}
                as: contact
                concurrency: 8
                onItemError: collect          # fail (default) | skip | collect
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

    static Definition read(String text) {
        return new DefinitionReader().read(text).definition();
    }

    /** Reads the steps of a workflow that has nothing else. */
    static List<Step> steps(String steps) {
        return read("auterity: 1\nid: w\nsteps:\n" + steps.indent(2)).body().steps();
    }

    static StepKind kind(String step) {
        return steps("s:\n" + step.indent(2)).get(0).kind();
    }

    @Test
    void reads_the_sample_of_the_manual() {
        Definition definition = read(LEAD);
        assertThat(definition.id()).isEqualTo("lead-follow-up");
        assertThat(definition.description()).isEqualTo("Score a dealership lead and follow up.");
        assertThat(definition.input())
                .isEqualTo(Map.of(
                        "type", "object",
                        "properties",
                                Map.of(
                                        "lead",
                                        Map.of(
                                                "type", "object",
                                                "required", List.of("email"),
                                                "properties",
                                                        Map.of(
                                                                "email", Map.of("type", "string"),
                                                                "budget", Map.of("type", "number")))),
                        "required", List.of("lead")));
        assertThat(definition.settings().defaults())
                .isEqualTo(new Settings.Defaults(
                        Optional.of(Duration.ofSeconds(30)),
                        Optional.of(Retry.exponential(Retry.DEFAULT_DELAY).maxAttempts(3))));
        assertThat(definition.settings().onFailure()).contains("alert-operations");
        assertThat(definition.triggers())
                .containsExactly(
                        Trigger.Schedule.cron("0 9 * * MON-FRI", "Europe/Berlin"),
                        new Trigger.Webhook(Map.of("path", "leads")));
        assertThat(definition.body().output())
                .contains(
                        new Template(Map.of("tier", "${{ steps.tier.output }}", "mails", "${{ steps.each.output }}")));

        List<Step> steps = definition.body().steps();
        assertThat(steps)
                .extracting(Step::name)
                .containsExactly("profile", "score", "tier", "call", "each", "approved", "reply", "pause");
        assertThat(steps.get(0))
                .isEqualTo(Step.of(
                                "profile",
                                new Uses(
                                        "http.request",
                                        Map.of(
                                                "method", new Template("GET"),
                                                "url",
                                                        new Template(
                                                                "https://crm.example/leads/${{ input.lead.email }}"))))
                        .with(new Policy(
                                Optional.of(new Retry(
                                        5,
                                        Duration.ofMillis(200),
                                        2,
                                        Duration.ofSeconds(10),
                                        0.2,
                                        List.of("io", "http-429", "http-5xx"))),
                                Optional.of(Duration.ofSeconds(10)),
                                new OnError.Fail(),
                                Optional.empty())));
        assertThat(steps.get(2).kind())
                .isEqualTo(new Switch(List.of(
                        new Switch.Case(Optional.of("steps.score.output > 80.0"), new Template("hot")),
                        new Switch.Case(Optional.empty(), new Template("cold")))));
        assertThat(steps.get(3).order().condition()).contains("steps.tier.output == 'hot'");
        assertThat(steps.get(3).policy().onError()).isEqualTo(new OnError.Continue());
        assertThat(steps.get(3).policy().undo())
                .contains(new Uses(
                        "notify.send", Map.of("channel", new Template("sms"), "text", new Template("Please ignore"))));
        assertThat(steps.get(4).kind())
                .isEqualTo(new ForEach(
                        new Template("${{ steps.profile.output.body.contacts }}"),
                        "contact",
                        8,
                        ForEach.ItemErrors.COLLECT,
                        new Block(
                                List.of(Step.of(
                                        "greet",
                                        new Uses("email.send", Map.of("to", new Template("${{ contact.email }}"))))),
                                Optional.of(new Template("${{ steps.greet.output.id }}")))));
        assertThat(steps.get(5).kind())
                .isEqualTo(new Approve(
                        List.of("manager"),
                        Optional.of(Duration.ofHours(24)),
                        Map.of(
                                "type", "object",
                                "properties", Map.of("note", Map.of("type", "string")),
                                "required", List.of("note")),
                        Approve.Otherwise.REJECT));
        assertThat(steps.get(6).kind())
                .isEqualTo(new Await("customer-reply", Optional.of(Duration.ofDays(2)), Map.of()));
        assertThat(steps.get(6).order().needs()).containsExactly("call");
        assertThat(steps.get(7).kind()).isEqualTo(new Wait(new Template("10m")));
    }

    @Test
    void reads_the_same_from_json() {
        String json = """
                {"auterity": 1, "id": "w", "steps": {
                \t"a": {"uses": "http.request", "with": {"url": "https:\\/\\/x", "emoji": "\\ud83d\\ude00"}}}}
                """;
        assertThat(read(json))
                .isEqualTo(Definition.of(
                        "w",
                        Step.of(
                                "a",
                                new Uses(
                                        "http.request",
                                        Map.of(
                                                "url", new Template("https://x"),
                                                "emoji", new Template("\ud83d\ude00"))))));
    }

    @Test
    void reads_a_yaml_flow_mapping_that_is_no_json() {
        assertThat(read("{auterity: 1, id: w, steps: {a: {value: 1}}}"))
                .isEqualTo(Definition.of("w", Step.of("a", new Value(new Template(1L)))));
    }

    @Test
    void an_input_is_required_unless_it_has_a_default_or_a_question_mark() {
        String text =
                "auterity: 1\nid: w\nsteps: {}\ninput:\n  a: string\n  b?: integer\n  c: {type: number, default: 1}\n"
                        + "  d: any\n";
        Map<String, Object> schema = Map.of(
                "type", "object",
                "properties",
                        Map.of(
                                "a", Map.of("type", "string"),
                                "b", Map.of("type", "integer"),
                                "c", Map.of("type", "number", "default", 1L),
                                "d", Map.of()),
                "required", List.of("a", "d"));
        assertThat(read(text).input()).isEqualTo(schema);
    }

    @Test
    void an_input_that_is_a_schema_is_taken_as_it_is() {
        String text = "auterity: 1\nid: w\nsteps: {}\ninput: {type: object, properties: {a: {type: string}}}\n";
        assertThat(read(text).input())
                .isEqualTo(Map.of("type", "object", "properties", Map.of("a", Map.of("type", "string"))));
    }

    @Test
    void a_condition_may_have_braces_or_not() {
        for (String condition : List.of("a == 'x'", "${{ a == 'x' }}", "\"${{a == 'x'}}\"", "'  ${{ a == ''x'' }} '")) {
            assertThat(steps("s: {value: 1, if: "
                                    + (condition.contains("{{ a") && !condition.startsWith("'")
                                            ? "\"" + condition + "\""
                                            : condition)
                                    + "}")
                            .get(0)
                            .order()
                            .condition())
                    .contains("a == 'x'");
        }
        assertThat(steps("s: {value: 1, if: false}").get(0).order().condition()).contains("false");
        assertThat(steps("s:\n  value: 1\n  if: \"${{ {'a': {'b': '}}'}} == x }}\"")
                        .get(0)
                        .order()
                        .condition())
                .contains("{'a': {'b': '}}'}} == x");
    }

    @Test
    void reads_repeat() {
        assertThat(kind("repeat: {steps: {a: {value: 1}}, until: a > 1, max: 5, delay: 1s, output: 2}"))
                .isEqualTo(new Repeat(
                        new Block(List.of(Step.of("a", new Value(new Template(1L)))), Optional.of(new Template(2L))),
                        Optional.of("a > 1"),
                        Optional.empty(),
                        5,
                        Duration.ofSeconds(1)));
        assertThat(kind("repeat: {steps: {}, while: \"${{ index < 3 }}\"}"))
                .isEqualTo(new Repeat(
                        Block.of(), Optional.empty(), Optional.of("index < 3"), Repeat.DEFAULT_MAX, Duration.ZERO));
    }

    @Test
    void reads_race_and_try() {
        Step one = Step.of("one", new Value(new Template(1L)));
        Step two = Step.of("two", new Value(new Template(2L)));
        assertThat(kind("race: {one: {value: 1}, two: {value: 2}}")).isEqualTo(new Race(List.of(one, two)));
        assertThat(
                        kind(
                                "try: {steps: {one: {value: 1}}}\ncatch: {steps: {two: {value: 2}}, output: x}\nfinally: {steps: {}}"))
                .isEqualTo(new Try(
                        Block.of(one),
                        Optional.of(new Block(List.of(two), Optional.of(new Template("x")))),
                        Optional.of(Block.of())));
    }

    @Test
    void reads_emit_fail_run_await_and_java_in_every_form() {
        assertThat(kind("emit: scored")).isEqualTo(new Emit("scored", new Template(null)));
        assertThat(kind("emit: scored\nwith: {a: 1}")).isEqualTo(new Emit("scored", new Template(Map.of("a", 1L))));
        assertThat(kind("emit: {event: scored, data: [1]}")).isEqualTo(new Emit("scored", new Template(List.of(1L))));
        assertThat(kind("fail: no stock")).isEqualTo(new Fail("failed", new Template("no stock")));
        assertThat(kind("fail: {code: no-stock, message: none}")).isEqualTo(new Fail("no-stock", new Template("none")));
        assertThat(kind("run: other\nwith: {a: 1}"))
                .isEqualTo(new StepKind.Run("other", Map.of("a", new Template(1L))));
        assertThat(kind("await: go")).isEqualTo(new Await("go", Optional.empty(), Map.of()));
        assertThat(kind("await: {signal: go, schema: string}"))
                .isEqualTo(new Await("go", Optional.empty(), Map.of("type", "string")));
        assertThat(kind("java: {inputs: [\"${{ input }}\", 2], output: {type: string}}"))
                .isEqualTo(new StepKind.Java(
                        List.of(Template.expression("input"), new Template(2L)), Map.of("type", "string")));
        assertThat(kind("approve: {}"))
                .isEqualTo(new Approve(List.of(), Optional.empty(), Map.of(), Approve.Otherwise.FAIL));
        assertThat(kind("wait: ${{ input.until }}")).isEqualTo(new Wait(Template.expression("input.until")));
    }

    @Test
    void a_fallback_with_one_kind_is_a_step_and_anything_else_a_value() {
        assertThat(onError("{fallback: {uses: a.b}}")).isEqualTo(new OnError.FallbackStep(new Uses("a.b", Map.of())));
        assertThat(onError("{fallback: {value: 1}}")).isEqualTo(new OnError.FallbackStep(new Value(new Template(1L))));
        assertThat(onError("{fallback: {price: 1}}"))
                .isEqualTo(new OnError.FallbackValue(new Template(Map.of("price", 1L))));
        assertThat(onError("{fallback: {value: 1, run: 2}}"))
                .isEqualTo(new OnError.FallbackValue(new Template(Map.of("value", 1L, "run", 2L))));
        assertThat(onError("{fallback: none}")).isEqualTo(new OnError.FallbackValue(new Template("none")));
        assertThat(onError("{fallback: null}")).isEqualTo(new OnError.FallbackValue(new Template(null)));
        assertThat(onError("{value: {value: 1}}"))
                .isEqualTo(new OnError.FallbackValue(new Template(Map.of("value", 1L))));
    }

    private static OnError onError(String text) {
        return steps("s: {value: 1, onError: " + text + "}").get(0).policy().onError();
    }

    @Test
    void reads_retry_in_every_form() {
        assertThat(retry("none")).isEqualTo(Retry.NONE);
        assertThat(retry("7")).isEqualTo(Retry.exponential(Retry.DEFAULT_DELAY).maxAttempts(7));
        assertThat(retry("{}")).isEqualTo(Retry.exponential(Retry.DEFAULT_DELAY));
        assertThat(retry("{delay: 60s}").maxDelay()).isEqualTo(Duration.ofMinutes(1));
        assertThat(retry("{delay: 61s}")).isEqualTo(Retry.exponential(Duration.ofSeconds(61)));
        assertThat(retry("{delay: 61s}").maxDelay()).isEqualTo(Duration.ofSeconds(61));
        assertThat(retry("{on: io, multiplier: 1.5}"))
                .isEqualTo(new Retry(
                        3, Retry.DEFAULT_DELAY, 1.5, Retry.DEFAULT_MAX_DELAY, Retry.DEFAULT_JITTER, List.of("io")));
    }

    private static Retry retry(String text) {
        return steps("s: {value: 1, retry: " + text + "}")
                .get(0)
                .policy()
                .retry()
                .orElseThrow();
    }

    @Test
    void needs_may_be_one_name() {
        assertThat(steps("s: {value: 1, needs: a, join: any-success}").get(0).order())
                .isEqualTo(new Order(List.of("a"), Optional.empty(), Order.Join.ANY_SUCCESS));
    }

    @Test
    void reads_settings() {
        Definition definition = read(
                "auterity: 1\nid: w\nvars: {a: \"${{ input.x }}\", b: null}\ntimeout: 1h\nmaxRuns: 4\nsteps: {}\n");
        assertThat(definition.settings().vars())
                .isEqualTo(Map.of("a", Template.expression("input.x"), "b", new Template(null)));
        assertThat(definition.settings().timeout()).contains(Duration.ofHours(1));
        assertThat(definition.settings().maxRuns()).contains(4);
    }

    @Test
    void yaml_words_of_1_1_are_texts() {
        assertThat(kind("value: [yes, no, on, off, 2024-01-31, 1:30, 0o17, 0x1F, 1_000, +5, .5, 1e3, ~]"))
                .isEqualTo(new Value(new Template(java.util.Arrays.asList(
                        "yes", "no", "on", "off", "2024-01-31", "1:30", 15L, 31L, "1_000", 5L, 0.5, 1000.0, null))));
    }

    @Test
    void aliases_repeat_what_they_name() {
        assertThat(steps("a: {uses: x.y, with: &w {k: 1}}\nb: {uses: x.y, with: *w}"))
                .extracting(Step::kind)
                .containsOnly(new Uses("x.y", Map.of("k", new Template(1L))));
    }

    @Test
    void positions_lead_to_values_keys_and_the_nearest_part_around() {
        Positions positions = new DefinitionReader().read(LEAD, "lead.yaml").positions();
        assertThat(positions.at("id")).hasToString("Optional[lead.yaml:2:5]");
        assertThat(positions.at("steps/score")).hasToString("Optional[lead.yaml:13:3]");
        assertThat(positions.at("steps/score/value")).hasToString("Optional[lead.yaml:14:12]");
        assertThat(positions.at("steps/profile/with/url")).hasToString("Optional[lead.yaml:10:30]");
        assertThat(positions.at("steps/tier/switch/1/value")).hasToString("Optional[lead.yaml:18:29]");
        assertThat(positions.at("steps/each/steps/greet/with/to")).hasToString("Optional[lead.yaml:31:44]");
        assertThat(positions.at("steps/score/retry/on")).hasToString("Optional[lead.yaml:13:3]");
        assertThat(positions.at("steps/score/value/deeper")).hasToString("Optional[lead.yaml:14:12]");
        assertThat(positions.at("steps/tier/switch/9/value")).hasToString("Optional[lead.yaml:16:5]");
        assertThat(positions.at("")).hasToString("Optional[lead.yaml:1:1]");
        assertThat(positions.at("nowhere")).hasToString("Optional[lead.yaml:1:1]");
        assertThat(Positions.NONE.at("steps")).isEmpty();
    }

    @Test
    void positions_lead_to_properties_in_the_short_form_of_a_schema_too() {
        String text = "auterity: 1\nid: w\ninput:\n  a: string\n  b?:\n    type: string\n    default: 5\nsteps: {}\n";
        Positions positions = new DefinitionReader().read(text, "").positions();
        assertThat(positions.at("input/properties/a")).hasToString("Optional[line 4, column 6]");
        assertThat(positions.at("input/properties/b/default")).hasToString("Optional[line 7, column 14]");
        assertThat(positions.at("input/properties/c")).hasToString("Optional[line 3, column 1]");
    }

    @Test
    void a_wait_is_for_a_duration_or_up_to_a_point_in_time() {
        for (String time : List.of("90m", "PT1H", "2030-01-31T09:00:00Z", "2030-01-31T09:00+01:00", "${{ input.t }}")) {
            String text = "auterity: 1\nid: w\nsteps: {s: {wait: \"" + time + "\"}}\n";
            assertThat(new DefinitionReader().read(text).definition().body().steps())
                    .extracting(Step::kind)
                    .containsExactly(new StepKind.Wait(new Template(time)));
        }
    }

    @Test
    void comments_and_raw_texts_of_a_condition_end_where_the_expression_engine_ends_them() {
        for (String condition : List.of(
                "input.n == 1 // it's one",
                "input.t == r'it\\'s'",
                "input.t == '}}' // } or }",
                "1 < 2 // a\n && true")) {
            String text =
                    "auterity: 1\nid: w\nsteps: {s: {value: 1, if: " + Json.write("${{ " + condition + " }}") + "}}\n";
            assertThat(new DefinitionReader().read(text).definition().body().steps())
                    .extracting(step -> step.order().condition())
                    .containsExactly(Optional.of(condition));
        }
    }

    @Test
    void positions_in_json_are_the_same() {
        Positions positions = new DefinitionReader()
                .read("{\"auterity\": 1,\n \"id\": \"w\",\n \"steps\": {\"a/b\": {\"value\": 5}}}", "")
                .positions();
        assertThat(positions.at("id")).hasToString("Optional[line 2, column 8]");
        assertThat(positions.at("steps/a~1b")).hasToString("Optional[line 3, column 12]");
        assertThat(positions.at("steps/a~1b/value")).hasToString("Optional[line 3, column 29]");
    }

    @Test
    void a_byte_order_mark_is_no_part_of_the_text() {
        byte[] text = "\ufeffauterity: 1\nid: w\nsteps: {}\n".getBytes(java.nio.charset.StandardCharsets.UTF_8);
        assertThat(new DefinitionReader().read(text, "").definition()).isEqualTo(Definition.of("w"));
    }

    @Test
    void long_texts_of_characters_beyond_16_bits_survive() {
        for (String before : List.of("", "x")) {
            String faces = before + "\ud83d\ude00".repeat(5_000);
            assertThat(kind("value: " + faces)).isEqualTo(new Value(new Template(faces)));
        }
    }

    private static List<Trigger> triggers(String triggers) {
        return read("auterity: 1\nid: w\nsteps: {}\ntriggers:\n" + triggers.indent(2))
                .triggers();
    }

    @Test
    void reads_schedules_with_everything_they_may_say() {
        assertThat(triggers("""
                - schedule:
                    name: morning
                    cron: '@daily'
                    zone: Asia/Tokyo
                    startAt: 2026-01-01T00:00:00Z
                    endAt: 2026-12-31T09:00+09:00
                    catchUp: all
                    catchUpLimit: 7
                    overlap: cancel-previous
                    paused: true
                    input: {day: "${{ trigger.at }}", n: 1}
                - schedule: {every: 15m, catchUp: none, overlap: skip}
                - schedule: {at: 2026-12-24T18:00:00+01:00, overlap: queue}
                """))
                .containsExactly(
                        new Trigger.Schedule(
                                "morning",
                                new Trigger.Timing.Cron("@daily", "Asia/Tokyo"),
                                new Trigger.Window(
                                        Optional.of(Instant.parse("2026-01-01T00:00:00Z")),
                                        Optional.of(Instant.parse("2026-12-31T00:00:00Z"))),
                                new Trigger.Firing(Trigger.CatchUp.ALL, 7, Trigger.Overlap.CANCEL_PREVIOUS),
                                true,
                                Map.of("day", new Template("${{ trigger.at }}"), "n", new Template(1L))),
                        Trigger.Schedule.every(Duration.ofMinutes(15))
                                .firing(new Trigger.Firing(Trigger.CatchUp.NONE, 100, Trigger.Overlap.SKIP)),
                        Trigger.Schedule.at(Instant.parse("2026-12-24T17:00:00Z"))
                                .firing(new Trigger.Firing(Trigger.CatchUp.LATEST, 100, Trigger.Overlap.QUEUE)));
    }

    @Test
    void warns_of_a_webhook_for_which_nothing_listens() {
        String text = "auterity: 1\nid: w\nsteps: {}\ntriggers: [{schedule: {every: 1h}}%s]\n";
        assertThat(new DefinitionReader().read(text.formatted(""), "w.yaml").warnings())
                .isEmpty();
        assertThat(new DefinitionReader()
                        .read(text.formatted(", {webhook: {path: leads}}"), "w.yaml")
                        .warnings())
                .singleElement()
                .asString()
                .contains("has a webhook, for which nothing listens yet");
    }

    @Test
    void names_schedules_by_their_place_unless_they_have_a_name() {
        assertThat(Trigger.schedules(read("""
                        auterity: 1
                        id: w
                        steps: {}
                        triggers:
                          - schedule: {every: 1h}
                          - webhook: {path: a}
                          - schedule: {every: 2h, name: slow}
                          - schedule: {every: 3h}
                        """)).keySet()).containsExactly("schedule", "slow", "schedule-3");
    }
}
