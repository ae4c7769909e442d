package io.auterity.relay.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The file keeps within its limit and away from others. */
class DecisionFileTest {

    @TempDir
    private Path folder;

    @Test
    void lines_are_added_to_what_is_there() throws IOException {
        Path file = folder.resolve("log.jsonl");
        try (DecisionFile log = new DecisionFile(file, 100)) {
            log.accept("one");
            assertThat(file).hasContent("one"); // at once
        }
        try (DecisionFile log = new DecisionFile(file, 100)) {
            log.accept("two");
        }
        assertThat(Files.readString(file)).isEqualTo("one\ntwo\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void a_line_that_would_pass_the_limit_begins_a_new_file_and_one_old_file_is_kept() throws IOException {
        Path file = folder.resolve("log.jsonl");
        try (DecisionFile log = new DecisionFile(file, 10)) {
            log.accept("1234");
            log.accept("567"); // 9 bytes with both line ends
            assertThat(folder).isDirectoryNotContaining("glob:**.1");
            log.accept(""); // 10
            assertThat(folder).isDirectoryNotContaining("glob:**.1");
            log.accept("8"); // would be 12
            assertThat(Files.readString(folder.resolve("log.jsonl.1"))).isEqualTo("1234\n567\n\n");
            assertThat(Files.readString(file)).isEqualTo("8\n");
            log.accept("longer than the limit");
            assertThat(Files.readString(folder.resolve("log.jsonl.1"))).isEqualTo("8\n");
        }
        assertThat(Files.readString(file)).isEqualTo("longer than the limit\n");
    }

    @Test
    void a_line_that_a_crash_cut_short_is_ended_before_the_next() throws IOException {
        Path file = folder.resolve("log.jsonl");
        Files.writeString(file, "one\ntw");
        try (DecisionFile log = new DecisionFile(file, 12)) {
            assertThat(Files.readString(file)).isEqualTo("one\ntw"); // nothing is written that is no line
            log.accept("333");
            log.accept("4"); // would be 13
        }
        assertThat(Files.readString(folder.resolve("log.jsonl.1"))).isEqualTo("one\ntw\n333\n");
        assertThat(Files.readString(file)).isEqualTo("4\n");
    }

    @Test
    void a_line_that_found_a_full_disk_is_not_kept_for_later() throws IOException {
        Path full = Path.of("/dev/full");
        assumeTrue(Files.exists(full));
        Path file = Files.createSymbolicLink(folder.resolve("log.jsonl"), full);
        try (DecisionFile log = new DecisionFile(file, 100)) {
            assertThatThrownBy(() -> log.accept("one")).isInstanceOf(UncheckedIOException.class);
            assertThatThrownBy(() -> log.accept("two")).isInstanceOf(UncheckedIOException.class);
        } // and nothing that was kept back fails here
    }

    @Test
    void a_file_that_cannot_be_written_is_named() {
        assertThatThrownBy(() -> new DecisionFile(folder.resolve("no/log.jsonl"), 10))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("log.jsonl cannot be written");
        assertThatIllegalArgumentException().isThrownBy(() -> new DecisionFile(folder.resolve("x"), 0));
    }
}
