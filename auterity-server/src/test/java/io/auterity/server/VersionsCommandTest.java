package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.server.CommandLineRun.Result;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class VersionsCommandTest {

    @TempDir
    private Path directory;

    private CommandLineRun auterity;
    private String journal;

    @BeforeEach
    void prepare() {
        auterity = new CommandLineRun(directory);
        journal = "sqlite:" + directory.resolve("runs.db");
    }

    private String flow(String value) {
        return auterity.file("flow.yaml", """
                auterity: 1
                id: flow
                steps: {a: {value: %s}, s: {await: go, needs: [a]}}
                output: ${{ steps.a.output }}
                """.formatted(value));
    }

    private Result run(String value, String id, String... more) {
        List<String> all =
                new ArrayList<>(List.of("run", flow(value), "--run-id", id, "--journal", journal, "--quiet"));
        all.addAll(List.of(more));
        return auterity.run(all.toArray(String[]::new));
    }

    private Result versions(String... arguments) {
        List<String> all = new ArrayList<>(List.of("versions"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--journal", journal));
        return auterity.run(all.toArray(String[]::new));
    }

    @Test
    void lists_compares_checks_and_rolls_back() {
        run("1", "waits");
        assertThat(run("2", "two", "--signal", "go").out()).isEqualTo("2\n");

        Result list = versions("list", "flow", "--output", "json");
        String second = (String) list.json("versions", 0, "hash");
        String first = (String) list.json("versions", 1, "hash");
        assertThat(list.json("versions", 1, "unfinished")).isEqualTo(1L);
        assertThat(list.json("versions", 0, "runs")).isEqualTo(1L);
        assertThat(versions("list", "flow").out())
                .contains(second + "  since 20")
                .contains("1 run, 1 unfinished");
        assertThat(versions("list", "none").err()).isEqualTo("the journal knows no version of workflow 'none'\n");

        assertThat(versions("diff", "flow", first.substring(0, 8), second))
                .isEqualTo(new Result(1, "~ step a\n    value: 1 -> 2\n", ""));
        assertThat(versions("diff", "flow", first, second, "--output", "json").json("steps", 0, "step"))
                .isEqualTo("a");
        assertThat(versions("diff", "flow", first, first)).isEqualTo(new Result(0, "no difference\n", ""));
        Result unknown = versions("diff", "flow", "000000", second);
        assertThat(unknown.code()).isEqualTo(2);
        assertThat(unknown.err()).contains("workflow 'flow' has no version '000000': it has: ");

        Result check = versions("check", flow("3"));
        assertThat(check.code()).isEqualTo(1);
        assertThat(check.out())
                .isEqualTo("run waits (running) stays on version " + first.substring(0, 12)
                        + "; it cannot be moved: completed step 'a' has changed (value)\n");
        assertThat(check.err()).isEqualTo("1 run of other versions unfinished, 0 could be moved\n");
        assertThat(versions("check", flow("1")).code()).isZero();

        assertThat(versions("rollback", "flow", first, "--dry-run").out()).isEqualTo("~ step a\n    value: 2 -> 1\n");
        assertThat(versions("rollback", "flow", first).err())
                .startsWith("new runs of 'flow' start on version " + first + "; 'auterity versions release flow'");
        assertThat(run("2", "three", "--signal", "go").out()).isEqualTo("1\n");
        assertThat(versions("list", "flow").out()).contains("  new runs start on it\n");
        assertThat(versions("release", "flow").code()).isZero();
        assertThat(versions("release", "flow").err()).isEqualTo("workflow 'flow' was not rolled back\n");
        assertThat(run("2", "four", "--signal", "go").out()).isEqualTo("2\n");
        assertThat(auterity.run("versions").err()).contains("say what to do: list, diff, check, rollback, release");
    }

    @Test
    void forgets_old_runs_after_a_confirmation() {
        assertThat(run("1", "ended", "--signal", "go").code()).isZero();
        run("1", "waits");
        Result asked = runs("purge", "--older-than", "0s");
        assertThat(asked).isEqualTo(new Result(2, "", "1 run would be forgotten; add --yes to do it\n"));
        assertThat(runs("purge", "--older-than", "1h", "--yes").err()).isEqualTo("0 runs forgotten\n");
        assertThat(runs("purge", "--older-than", "0s", "--status", "failed", "--dry-run")
                        .err())
                .isEqualTo("0 runs would be forgotten\n");
        Result done = runs("purge", "--older-than", "0s", "--yes", "--output", "json");
        assertThat(done.json("runs")).isEqualTo(1L);
        assertThat(runs("list").out()).contains("\nwaits ").doesNotContain("\nended ");
        assertThat(runs("purge", "--older-than", "soon").err()).contains("'soon' is no duration");
        assertThat(runs("purge", "--older-than", "1h", "--status", "running").err())
                .contains("runs that are running have not ended and are never forgotten");
        assertThat(runs("purge").code()).isEqualTo(2);
    }

    private Result runs(String... arguments) {
        List<String> all = new ArrayList<>(List.of("runs"));
        all.addAll(List.of(arguments));
        all.addAll(List.of("--journal", journal));
        return auterity.run(all.toArray(String[]::new));
    }
}
