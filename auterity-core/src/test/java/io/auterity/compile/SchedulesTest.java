package io.auterity.compile;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.DefinitionReader;
import io.auterity.definition.DefinitionReader.Parsed;
import io.auterity.plan.Plan;
import io.auterity.plan.Reference.Kind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SchedulesTest {

    private static Parsed read(String triggers) {
        return new DefinitionReader().read("""
                auterity: 1
                id: w
                input: {type: object, required: [day], properties: {day: {type: string}, n: {type: integer}}, additionalProperties: false}
                steps: {a: {value: 1}}
                triggers:
                """ + triggers.indent(2), "w.yaml");
    }

    private static List<String> problems(String triggers) {
        Parsed parsed = read(triggers);
        return Compiler.builder().build().check(parsed.definition(), parsed.positions()).problems().stream()
                .map(Object::toString)
                .toList();
    }

    @Test
    void a_cron_expression_that_is_none() {
        assertThat(problems("- schedule: {cron: '61 * * * *'}")).containsExactly("""
                AUT-C033 w/triggers/0/schedule/cron (w.yaml:6:22): '61 * * * *' is no cron expression: Value 61 not in range [0, 59]
                  fix: write minute, hour, day of the month, month and day of the week, as in '0 9 * * MON-FRI', or @hourly, @daily, @weekly, @monthly or @yearly""");
    }

    @Test
    void a_zone_that_does_not_exist() {
        assertThat(problems("- schedule: {cron: '@daily', zone: Europe/Berln}")).containsExactly("""
                        AUT-C034 w/triggers/0/schedule/zone (w.yaml:6:38): there is no time zone 'Europe/Berln'
                          fix: use 'Europe/Berlin'""");
    }

    @Test
    void a_schedule_that_never_fires() {
        assertThat(problems("- schedule: {cron: 0 0 30 2 *}")).containsExactly("""
                AUT-C035 w/triggers/0/schedule (w.yaml:6:5): it never fires, no year has such a day
                  fix: mend 'cron'""");
        assertThat(problems("""
                - schedule: {every: 1h, startAt: 2026-01-02T00:00:00Z, endAt: 2026-01-01T00:00:00Z}
                """)).containsExactly("""
                AUT-C035 w/triggers/0/schedule (w.yaml:6:5): it never fires between its 'startAt' and 'endAt'
                  fix: mend one of them""");
    }

    @Test
    void a_schedule_that_contradicts_itself() {
        assertThat(problems("- schedule: {every: 1h, overlap: queue, catchUp: none}"))
                .containsExactly("""
                AUT-C035 w/triggers/0/schedule/overlap (w.yaml:6:36): 'overlap: queue' lets a time wait that 'catchUp: none' then drops
                  fix: write 'catchUp: latest' or 'all', or 'overlap: skip'""");
        assertThat(problems("- schedule: {every: 1h, overlap: cancel-previous, catchUp: none}"))
                .singleElement()
                .asString()
                .contains("'overlap: cancel-previous' lets a time wait that 'catchUp: none' then drops");
        assertThat(problems("- schedule: {every: 1h, overlap: skip, catchUp: none}"))
                .isEmpty();
        assertThat(problems("- schedule: {every: 999ms}")).containsExactly("""
                AUT-C035 w/triggers/0/schedule/every (w.yaml:6:23): the interval 999ms is too short for a schedule
                  fix: write 1s or longer""");
        assertThat(problems("- schedule: {every: 1s}")).isEmpty();
    }

    @Test
    void names_that_are_taken_or_none() {
        assertThat(problems("""
                - schedule: {every: 1h, name: schedule-2}
                - schedule: {every: 2h}
                - schedule: {every: 2h, name: no name}
                """)).containsExactly("""
                AUT-C035 w/triggers/1/schedule (w.yaml:7:5): two schedules are named 'schedule-2'
                  fix: rename one of them with 'name'""", """
                AUT-C035 w/triggers/2/schedule/name (w.yaml:8:33): the schedule's name 'no name' is no name
                  fix: use up to 100 letters, digits, '_' and '-', beginning with a letter or digit""");
    }

    @Test
    void an_input_that_does_not_fit_the_workflow() {
        assertThat(problems("- schedule: {every: 1h, input: {n: '1', m: 1}}"))
                .extracting(problem -> problem.substring(0, problem.indexOf('\n')))
                .containsExactlyInAnyOrder(
                        "AUT-C017 w/triggers/0/schedule/input (w.yaml:6:27): workflow 'w' needs input 'day'",
                        "AUT-C019 w/triggers/0/schedule/input/n (w.yaml:6:38): input 'n' of workflow 'w': '1' does not fit integer",
                        "AUT-C018 w/triggers/0/schedule/input/m (w.yaml:6:46): workflow 'w' has no input 'm'");
    }

    @Test
    void an_input_that_reads_what_is_not_there_yet() {
        assertThat(problems("- schedule: {every: 1h, input: {day: '${{ steps.a.output }}'}}"))
                .containsExactly("""
                AUT-C032 w/triggers/0/schedule/input/day (w.yaml:6:40): reads step 'a', which has not run when this is evaluated
                  fix: read only 'trigger.name' and 'trigger.at'""");
        assertThat(problems("- schedule: {every: 1h, input: {day: '${{ input.day }}'}}"))
                .singleElement()
                .asString()
                .startsWith("AUT-C013");
        assertThat(problems("- schedule: {every: 1h, input: {day: '${{ trigger.nam }}'}}"))
                .singleElement()
                .asString()
                .contains("use 'name'");
    }

    @Test
    void an_input_may_read_the_schedule() {
        Parsed parsed =
                read("- schedule: {every: 1h, name: hourly, input: {day: '${{ trigger.name }} ${{ trigger.at }}'}}");
        Plan plan = Compiler.builder().build().compile(parsed.definition(), parsed.positions());
        FakeScope scope = new FakeScope()
                .with(Kind.TRIGGER_NAME, 0, 0, "hourly")
                .with(Kind.TRIGGER_AT, 0, 0, Instant.parse("2026-01-01T01:00:00Z"));
        assertThat(plan.inputs().get("hourly").apply(scope)).isEqualTo(Map.of("day", "hourly 2026-01-01T01:00:00Z"));
    }

    @Test
    void a_schedule_without_input_is_let_through() {
        assertThat(problems("- schedule: {every: 1h}")).isEmpty();
    }
}
