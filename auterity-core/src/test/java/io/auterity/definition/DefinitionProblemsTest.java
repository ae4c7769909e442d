package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class DefinitionProblemsTest {

    private static final String HEAD = "auterity: 1\nid: w\n";
    private static final String EMPTY = HEAD + "steps: {}\n";

    /** A text, and its problems as {@code code line:column where: part of what}. */
    private record Bad(String text, String... problems) {}

    private static Bad step(String step, String... problems) {
        return new Bad(HEAD + "steps:\n  s: {" + step + "}\n", problems);
    }

    private static Bad schedule(String schedule, String... problems) {
        return new Bad(EMPTY + "triggers: [{schedule: " + schedule + "}]\n", problems);
    }

    private static final List<Bad> BAD = List.of(
            // the text
            new Bad("", "AUT-D001 1:1 workflow: empty"),
            new Bad("# only a comment\n", "AUT-D001 1:1 workflow: empty"),
            new Bad("just text", "AUT-D006 1:1 workflow: the text is the text 'just text', expected an object"),
            new Bad("- a\n- b\n", "AUT-D006 1:1 workflow: a list"),
            new Bad(EMPTY + "  x: 'open\n", "AUT-D001 4:3 workflow: the indentation fits nothing"),
            new Bad("id: [a, b\nsteps: {}\n", "AUT-D001 2:6 workflow: expected ',' or ']'"),
            new Bad("\tid: w\n", "AUT-D001 1:1 workflow: '\\t(TAB)'"),
            new Bad(EMPTY + "---\n" + EMPTY, "AUT-D001 4:1 workflow: several documents"),
            new Bad("{\"auterity\": 1, \"id\": \"w\", \"steps\": {}} x", "AUT-D001 1:41 workflow: "),
            new Bad(EMPTY + "description: \"\u0000\"", "AUT-D001 4:15 workflow: U+0000"),
            new Bad("{\"\ud800\": 1}", "AUT-D001 1:3 workflow: U+D800"),
            // version, id, steps
            new Bad("id: w\nsteps: {}\n", "AUT-D002 1:1 w: missing"),
            new Bad("auterity: 2\nid: w\nsteps: {}\n", "AUT-D002 1:11 w/auterity: not one"),
            new Bad("auterity: one\nid: w\nsteps: {}\n", "AUT-D002 1:11 w/auterity: not one"),
            new Bad("auterity: 1\nsteps: {}\n", "AUT-D003 1:1 workflow: 'id' is missing"),
            new Bad("auterity: 1\nid: ' '\nsteps: {}\n", "AUT-D006 2:5 workflow/id: expected a text"),
            new Bad("auterity: 1\nid: 7\nsteps: {}\n", "AUT-D006 2:5 workflow/id: 'id' is 7, expected a text"),
            new Bad(HEAD, "AUT-D003 1:1 w: 'steps' is missing"),
            new Bad(HEAD + "steps:\n", "AUT-D006 3:1 w: is empty, expected an object of steps"),
            new Bad(HEAD + "steps: [a]\n", "AUT-D006 3:1 w: a list"),
            // keys
            new Bad(HEAD + "step: {}\n", "AUT-D003 1:1 w: 'steps'", "AUT-D004 3:1 w/step: 'step' is no key"),
            new Bad(EMPTY + "timeOut: 1s\n", "AUT-D004 4:1 w/timeOut: "),
            new Bad(EMPTY + "id: x\n", "AUT-D008 4:1 w/id: it stands in line 2 already"),
            new Bad(
                    HEAD + "steps:\n  a: {value: 1}\n  b: {value: 2}\n  a: {value: 3}\n",
                    "AUT-D008 6:3 w/a: 'a' is written again; it stands in line 4 already"),
            step("value: {a: 1, a: 2}", "AUT-D008 4:21 w/s/value/a: line 4"),
            step("uses: a.b, wiht: {}", "AUT-D004 4:18 w/s/wiht: 'wiht'"),
            step("value: 1, concurrency: 3", "AUT-D004 4:17 w/s/concurrency: "),
            step("? [a, b] : 1", "AUT-D014 4:9 workflow: no text"),
            // kinds
            step("description: nothing", "AUT-D005 4:3 w/s: does nothing"),
            step("steps: {a: {value: 1}}, output: 1", "AUT-D005 4:3 w/s: a block without a kind"),
            step("race: {a: {steps: {}}, b: {value: 1}}", "AUT-D005 4:14 w/s/race/a: a block without a kind"),
            step("usse: a.b", "AUT-D004 4:7 w/s/usse: 'usse'"),
            step("uses: a.b, value: 1", "AUT-D005 4:3 w/s: 'uses', 'value'"),
            new Bad(HEAD + "steps:\n  s:\n", "AUT-D006 4:3 w/s: is empty"),
            new Bad(HEAD + "steps:\n  s: 5\n", "AUT-D006 4:6 w/s: is 5"),
            // types
            step("uses: 5", "AUT-D006 4:13 w/s/uses: 5"),
            step("uses: ''", "AUT-D006 4:13 w/s/uses: "),
            step("uses: a.b, with: [1]", "AUT-D006 4:18 w/s/with: a list"),
            step("value: 1, needs: {a: 1}", "AUT-D006 4:17 w/s/needs: an object"),
            step("value: 1, needs: [1]", "AUT-D006 4:25 w/s/needs/0: '0' is 1"),
            step("value: 1, if: 1", "AUT-D006 4:21 w/s/if: expected an expression"),
            step("value: 1, description: 1", "AUT-D006 4:30 w/s/description: 1"),
            step("value: 1, undo: text", "AUT-D006 4:23 w/s/undo: a step"),
            step("value: 1, undo: {uses: a.b, if: x}", "AUT-D004 4:35 w/s/undo/if: "),
            step("switch: {if: a}", "AUT-D006 4:7 w/s/switch: an object"),
            step("race: [a]", "AUT-D006 4:7 w/s/race: a list"),
            step("try: 1", "AUT-D006 4:12 w/s/try: 1"),
            step("wait: [1]", "AUT-D006 4:7 w/s/wait: a list"),
            step("approve: manager", "AUT-D006 4:16 w/s/approve: 'manager'"),
            step("await: 1", "AUT-D006 4:14 w/s/await: 1"),
            step("emit: 1", "AUT-D006 4:13 w/s/emit: 1"),
            step("emit: e, with: 1", "AUT-D006 4:22 w/s/with: 1"),
            step("fail: 1", "AUT-D006 4:13 w/s/fail: 1"),
            step("java: 1", "AUT-D006 4:13 w/s/java: 1"),
            step("java: {inputs: 1}", "AUT-D006 4:22 w/s/java/inputs: 1"),
            new Bad(EMPTY + "description:\n", "AUT-D006 4:1 w/description: is empty"),
            new Bad(EMPTY + "vars: 1\n", "AUT-D006 4:7 w/vars: 1"),
            new Bad(EMPTY + "defaults: 1\n", "AUT-D006 4:11 w/defaults: 1"),
            new Bad(EMPTY + "onFailure: other\n", "AUT-D006 4:12 w/onFailure: 'other'"),
            new Bad(EMPTY + "onFailure: {}\n", "AUT-D003 4:1 w/onFailure: 'run'"),
            new Bad(EMPTY + "triggers: {}\n", "AUT-D006 4:1 w/triggers: an object"),
            new Bad(
                    EMPTY + "triggers: [{}, {schedule: {every: 1h}, webhook: {}}, {shedule: 1}, 5]\n",
                    "AUT-D005 4:12 w/triggers/0: none",
                    "AUT-D005 4:16 w/triggers/1: 2",
                    "AUT-D004 4:55 w/triggers/2/shedule: 'shedule' is no key",
                    "AUT-D006 4:68 w/triggers/3: 5"),
            new Bad(EMPTY + "triggers: [{webhook: 1}]\n", "AUT-D006 4:22 w/triggers/0/webhook: 1"),
            new Bad(
                    EMPTY + "triggers: [{webhook: {pth: a}}, {webhook: {path: 1}}]\n",
                    "AUT-D004 4:23 w/triggers/0/webhook/pth: 'pth' is no key",
                    "AUT-D006 4:50 w/triggers/1/webhook/path: 1"),
            schedule("5", "AUT-D006 4:23 w/triggers/0/schedule: 5"),
            schedule("{}", "AUT-D005 4:13 w/triggers/0/schedule: none"),
            schedule("{cron: '@daily', every: 1h}", "AUT-D005 4:13 w/triggers/0/schedule: 2"),
            schedule("{cron: 5}", "AUT-D006 4:30 w/triggers/0/schedule/cron: 5"),
            schedule("{cron: ' '}", "AUT-D006 4:30 w/triggers/0/schedule/cron: ' '"),
            schedule("{every: 0s}", "AUT-D007 4:31 w/triggers/0/schedule/every: zero"),
            schedule("{at: tomorrow}", "AUT-D015 4:28 w/triggers/0/schedule/at: 'tomorrow'"),
            schedule("{at: 2026-02-30T00:00:00Z}", "AUT-D015 4:28 w/triggers/0/schedule/at: 1970 to 9999"),
            schedule("{at: 1969-12-31T23:59:59Z}", "AUT-D015 4:28 w/triggers/0/schedule/at: 1970 to 9999"),
            schedule("{every: 1h, zone: UTC}", "AUT-D012 4:35 w/triggers/0/schedule/zone: no 'cron'"),
            schedule("{every: 1h, overlap: forbid}", "AUT-D009 4:44 w/triggers/0/schedule/overlap: forbid"),
            schedule("{every: 1h, catchUp: last}", "AUT-D009 4:44 w/triggers/0/schedule/catchUp: 'last'"),
            schedule("{every: 1h, catchUpLimit: 0}", "AUT-D010 4:49 w/triggers/0/schedule/catchUpLimit: 0"),
            schedule("{every: 1h, catchUpLimit: 10001}", "AUT-D010 4:49 w/triggers/0/schedule/catchUpLimit: 10001"),
            schedule("{every: 1h, paused: 1}", "AUT-D006 4:43 w/triggers/0/schedule/paused: 1"),
            schedule("{every: 1h, input: 1}", "AUT-D006 4:42 w/triggers/0/schedule/input: 1"),
            schedule("{every: 1h, tz: UTC}", "AUT-D004 4:35 w/triggers/0/schedule/tz: 'tz'"),
            // durations
            step("value: 1, timeout: 10", "AUT-D007 4:26 w/s/timeout: no unit"),
            step("value: 1, timeout: 10 seconds", "AUT-D007 4:26 w/s/timeout: '10 seconds'"),
            step("value: 1, timeout: 0s", "AUT-D007 4:26 w/s/timeout: zero"),
            step("value: 1, timeout: [1]", "AUT-D006 4:17 w/s/timeout: a list"),
            step("wait: soon", "AUT-D007 4:13 w/s/wait: 'soon'"),
            step("wait: 2030-02-30T09:00:00Z", "AUT-D015 4:13 w/s/wait: '2030-02-30T09:00:00Z'"),
            step("wait: 2030-01-31", "AUT-D007 4:13 w/s/wait: '2030-01-31'"),
            step("wait: 10", "AUT-D007 4:13 w/s/wait: no unit"),
            step("await: {signal: a, within: x}", "AUT-D007 4:34 w/s/await/within: 'x'"),
            new Bad(EMPTY + "timeout: 1y\n", "AUT-D007 4:10 w/timeout: '1y'"),
            // words
            step("value: 1, join: all-sucess", "AUT-D009 4:23 w/s/join: 'all-sucess'"),
            step("value: 1, onError: ignore", "AUT-D009 4:26 w/s/onError: 'ignore'"),
            step("forEach: [], steps: {}, onItemError: drop", "AUT-D009 4:44 w/s/onItemError: 'drop'"),
            step("approve: {else: maybe}", "AUT-D009 4:23 w/s/approve/else: 'maybe'"),
            new Bad(EMPTY + "input: {a: strin}\n", "AUT-D009 4:12 w/input/a: 'strin'"),
            new Bad(EMPTY + "input: {a: int}\n", "AUT-D009 4:12 w/input/a: 'int'"),
            // numbers
            step("value: 1, retry: 0", "AUT-D010 4:24 w/s/retry: 0"),
            step("value: 1, retry: 1001", "AUT-D010 4:24 w/s/retry: 1001"),
            step("value: 1, retry: {maxAttempts: 1.5}", "AUT-D010 4:38 w/s/retry/maxAttempts: 1.5"),
            step("value: 1, retry: {jitter: 1.5}", "AUT-D010 4:33 w/s/retry/jitter: 1.5"),
            step("value: 1, retry: {jitter: -0.1}", "AUT-D010 4:33 w/s/retry/jitter: -0.1"),
            step("value: 1, retry: {multiplier: 0.5}", "AUT-D010 4:37 w/s/retry/multiplier: 0.5"),
            step("value: 1, retry: {multiplier: .inf}", "AUT-D010 4:37 w/s/retry/multiplier: '.inf'"),
            step("value: 1, retry: twice", "AUT-D006 4:24 w/s/retry: 'twice'"),
            step("value: .nan", "AUT-D010 4:14 w/s/value: '.nan'"),
            step("value: [1e999]", "AUT-D010 4:15 w/s/value/0: 64 bits"),
            step("value: 99999999999999999999", "AUT-D010 4:14 w/s/value: 64 bits"),
            step("forEach: [], steps: {}, concurrency: 0", "AUT-D010 4:44 w/s/concurrency: 0"),
            step("forEach: [], steps: {}, concurrency: 1001", "AUT-D010 4:44 w/s/concurrency: 1001"),
            step("repeat: {steps: {}, max: 0}", "AUT-D010 4:32 w/s/repeat/max: 0"),
            new Bad(EMPTY + "maxRuns: 0\n", "AUT-D010 4:10 w/maxRuns: 0"),
            // missing parts
            step("forEach: []", "AUT-D003 4:3 w/s: 'steps' is missing"),
            step("repeat: {}", "AUT-D003 4:7 w/s/repeat: 'steps'"),
            step("try: {}", "AUT-D003 4:7 w/s/try: 'steps'"),
            step("try: {steps: {}}, catch: {}", "AUT-D003 4:25 w/s/catch: 'steps'"),
            step("race: {}", "AUT-D003 4:7 w/s/race: no branch"),
            step("race: {a: {value: 1}}", "AUT-D003 4:7 w/s/race: a single branch"),
            step("switch: []", "AUT-D003 4:7 w/s/switch: no cases"),
            step("switch: [{if: a}]", "AUT-D003 4:16 w/s/switch/0: 'value'"),
            step("await: {}", "AUT-D003 4:7 w/s/await: 'signal'"),
            step("emit: {}", "AUT-D003 4:7 w/s/emit: 'event'"),
            step("fail: {code: x}", "AUT-D003 4:7 w/s/fail: 'message'"),
            // contradictions
            step("switch: [{value: 1}]", "AUT-D012 4:16 w/s/switch/0: neither"),
            step("switch: [{if: a, else: true, value: 1}]", "AUT-D012 4:16 w/s/switch/0: both"),
            step("switch: [{else: false, value: 1}]", "AUT-D006 4:23 w/s/switch/0/else: expected true"),
            step("emit: {event: e}, with: {}", "AUT-D012 4:25 w/s/with: beside"),
            step("value: 1, onError: {}", "AUT-D012 4:17 w/s/onError: nothing"),
            step("value: 1, onError: {fallback: 1, value: 2}", "AUT-D012 4:17 w/s/onError: both"),
            step("value: 1, onError: {fallback: {uses: a.b, prize: 1}}", "AUT-D004 4:49 w/s/onError/fallback/prize: "),
            new Bad(EMPTY + "input: {type: object, name: string}\n", "AUT-D012 4:23 w/input/name: 'name'"),
            new Bad(EMPTY + "input: {a: string, a?: string}\n", "AUT-D008 4:20 w/input/a?: 'a'"),
            new Bad(EMPTY + "input: {a: {type: string, required: false}}\n", "AUT-D006 4:37 w/input/a/required: list"),
            new Bad(EMPTY + "input: text\n", "AUT-D006 4:8 w/input: 'text'"),
            // expressions
            step("value: 1, if: '${{ a }} && ${{ b }}'", "AUT-D013 4:21 w/s/if: mixes"),
            step("value: 1, if: 'x ${{ a }}'", "AUT-D013 4:21 w/s/if: mixes"),
            step("value: 1, if: '${{ a'", "AUT-D013 4:21 w/s/if: open"),
            step("repeat: {steps: {}, until: '${{ a }}b'}", "AUT-D013 4:34 w/s/repeat/until: mixes"),
            // YAML's own features
            step("value: !!javax.script.ScriptEngineManager [a]", "AUT-D014 4:14 w/s/value: "),
            step("value: !!java.net.URL x", "AUT-D014 4:14 w/s/value: "),
            step("value: !local 1", "AUT-D014 4:14 w/s/value: '!local'"),
            step("value: !!int x", "AUT-D014 4:14 w/s/value: "),
            step("value: *a", "AUT-D014 4:14 workflow: names no anchor"),
            step("value: &a [*a]", "AUT-D014 4:18 workflow: inside what it names"),
            step("value: 1, <<: {timeout: 1s}", "AUT-D004 4:17 w/s/<<: "));

    static Stream<Arguments> bad() {
        return BAD.stream().map(bad -> Arguments.of(bad.text, bad.problems));
    }

    static Stream<String> texts() {
        return BAD.stream().map(Bad::text);
    }

    static DefinitionException refused(String text) {
        DefinitionException refused =
                catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(text));
        assertThat(refused).as(text).isNotNull();
        return refused;
    }

    @ParameterizedTest
    @MethodSource("bad")
    void says_what_is_wrong_and_where(String text, String[] expected) {
        List<Problem> problems = refused(text).problems();
        List<String> places = new ArrayList<>();
        problems.forEach(problem -> places.add(problem.code() + " "
                + problem.position().orElseThrow().line() + ":"
                + problem.position().orElseThrow().column() + " " + problem.where()));
        List<String> expectedPlaces = Stream.of(expected)
                .map(line -> line.substring(0, line.indexOf(": ")))
                .toList();
        assertThat(places).isEqualTo(expectedPlaces);
        for (int i = 0; i < expected.length; i++) {
            assertThat(problems.get(i).what()).contains(expected[i].substring(expected[i].indexOf(": ") + 2));
            assertThat(problems.get(i).fix()).isNotBlank();
        }
    }

    @Test
    void says_all_problems_at_once_in_their_order() {
        String text = """
            auterity: 1
            id: lead
            colour: red
            timeout: 5
            steps:
              a:
                uses: http.request
                timout: 10s
                retry: {maxAttempts: 0, jitter: 2}
              b:
                vlaue: 1
              c:
                forEach: ${{ input.x }}
                concurrency: many
                steps:
                  d: {wait: never}
            """;
        assertThat(refused(text)).hasMessage("""
            workflow 'lead' has 8 problems:
            AUT-D004 lead/colour (line 3, column 1): 'colour' is no key that is known here
              fix: use one of: auterity, id, description, input, vars, defaults, timeout, maxRuns, steps, output, onFailure, triggers
            AUT-D007 lead/timeout (line 4, column 10): the duration 5 has no unit
              fix: add one, as in '5s'
            AUT-D004 lead/a/timout (line 8, column 5): 'timout' is no key that is known here
              fix: use 'timeout' (closest of: uses, with, description, if, needs, join, retry, timeout, onError, undo)
            AUT-D010 lead/a/retry/maxAttempts (line 9, column 26): 'maxAttempts' is 0, expected a whole number from 1 to 1000
              fix: write a whole number from 1 to 1000
            AUT-D010 lead/a/retry/jitter (line 9, column 37): 'jitter' is 2, expected a number from 0 to 1
              fix: write a number from 0 to 1
            AUT-D004 lead/b/vlaue (line 11, column 5): 'vlaue' is no key that is known here
              fix: use 'value' (closest of: uses, value, switch, forEach, repeat, race, try, run, wait, await, approve, emit, 10 more)
            AUT-D006 lead/c/concurrency (line 14, column 18): 'concurrency' is the text 'many', expected a whole number from 1 to 1000
              fix: write a whole number from 1 to 1000
            AUT-D007 lead/c/d/wait (line 16, column 17): 'never' is no duration
              fix: write it like 250ms, 10s, 5m, 2h, 3d or PT1.5S, at most 36500d\
            """);
    }

    @Test
    void a_key_of_another_kind_says_whose_it_is() {
        assertThat(refused(HEAD + "steps: {s: {value: 1, concurrency: 3}}")
                        .problems()
                        .get(0)
                        .fix())
                .isEqualTo("remove it: it belongs to a step with 'forEach'");
    }

    @Test
    void the_short_form_of_properties_is_refused_where_a_schema_stands() {
        assertThat(refused(
                        HEAD + "input: {error: {code: string, x-unit: string, title: text}}\nsteps: {s: {value: 1}}"))
                .hasMessageEndingWith("""
                    w/input/error/code (line 3, column 17): 'code' is no keyword of JSON Schema
                      fix: write properties inside a property as {type: object, properties: {...}}\
                    """);
    }

    @Test
    void what_can_be_read_all_the_same_keeps_every_name() {
        Definition rest = refused(HEAD + """
            input: {n: int}
            steps:
              a: {vlaue: 1}
              b: {value: 1, colour: red}
              c: {forEach: [1], steps: {d: {wait: soon}, e: {value: 1}}}
            triggers: [{schedule: {cron: "* * * * *"}}, {webhok: x}]
            """).readable().orElseThrow().definition();
        assertThat(rest.body().steps()).extracting(Step::name).containsExactly("a", "b", "c");
        assertThat(rest.body().steps().get(0).kind()).isInstanceOf(StepKind.Await.class);
        assertThat(rest.body().steps().get(1).kind()).isInstanceOf(StepKind.Await.class);
        Block inner = ((StepKind.ForEach) rest.body().steps().get(2).kind()).body();
        assertThat(inner.steps().get(0).kind()).isInstanceOf(StepKind.Await.class);
        assertThat(inner.steps().get(1).kind()).isInstanceOf(StepKind.Value.class);
        assertThat(rest.input()).isEqualTo(Map.of("type", "object"));
        assertThat(rest.triggers()).hasSize(2);
        assertThat(rest.triggers().get(0)).isInstanceOf(Trigger.Schedule.class);
    }

    @Test
    void an_expression_that_needs_quotes_is_told_so() {
        for (String step :
                List.of("value: ${{ {'a': 1}.a }}", "value: ${{ a ? b : c }}, if: x", "value: ${{ [1, 2] }}")) {
            assertThat(refused(HEAD + "steps:\n  s: {" + step + "}\n").problems())
                    .as(step)
                    .extracting(Problem::code, Problem::fix)
                    .containsExactly(tuple(Codes.SYNTAX, "put a text with ${{ }} in quotes: \"${{ ... }}\""));
        }
    }

    @Test
    void what_misses_its_names_is_not_handed_on() {
        for (String text : List.of(
                "auterity: 1\nsteps: {a: {value: 1}}",
                "auterity: 2\nid: w\nsteps: {a: {value: 1}}",
                HEAD + "steps: [1]",
                HEAD + "vars: 1\nsteps: {a: {value: 1}}",
                EMPTY + "colour: [",
                "- 1")) {
            assertThat(refused(text).readable()).as(text).isEmpty();
        }
    }

    @Test
    void names_the_file() {
        DefinitionException refused = catchThrowableOfType(
                DefinitionException.class, () -> new DefinitionReader().read("steps: {}", "lead.yaml"));
        assertThat(refused).hasMessageStartingWith("lead.yaml has 2 problems:\nAUT-D002 workflow (lead.yaml:1:1): ");
    }

    @Test
    void many_problems_are_cut_short_and_counted() {
        StringBuilder text = new StringBuilder(EMPTY);
        for (int i = 0; i < 5_000; i++) {
            text.append("key").append(i).append(": 1\n");
        }
        List<Problem> problems = refused(text.toString()).problems();
        assertThat(problems).hasSize(101);
        assertThat(problems.get(100).what()).startsWith("there are 4900 more problems");
    }

    @Test
    void strange_texts_are_quoted_on_one_line() {
        String text = HEAD + "steps: {}\n\"a\\n\\x1b[31mred\\u202e" + "x".repeat(100) + "\": 1\n";
        assertThat(refused(text).problems().get(0).what())
                .startsWith("'a\\n\\u001b[31mred\\u202ex")
                .contains("xxx...'");
    }

    @Test
    void bytes_that_are_not_utf8_are_refused_with_their_place() {
        byte[] text = (EMPTY + "description: caf\u00e9\n").getBytes(StandardCharsets.ISO_8859_1);
        DefinitionException refused =
                catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(text, ""));
        assertThat(refused.problems().get(0).toString())
                .startsWith("AUT-D001 workflow (line 4, column 17): the text is not UTF-8 at byte 44");
        byte[] utf16 = EMPTY.getBytes(StandardCharsets.UTF_16);
        assertThat(catchThrowableOfType(DefinitionException.class, () -> new DefinitionReader().read(utf16, ""))
                        .code())
                .isEqualTo("AUT-D001");
    }
}
