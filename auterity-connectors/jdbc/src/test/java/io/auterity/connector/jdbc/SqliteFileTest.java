package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.RunId;
import io.auterity.journal.RunQuery;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteDataSource;

/** One engine process has a SQLite file at a time; others may look. */
class SqliteFileTest {

    @TempDir
    private Path folder;

    /** What the other process does: opens the journal, or only looks, and says what came of it. */
    static final class Other {
        private Other() {}

        public static void main(String[] arguments) {
            try {
                if (arguments[0].equals("open")) {
                    JdbcJournal.sqlite(Path.of(arguments[1])).close();
                    System.out.println("opened");
                } else {
                    try (JdbcInspection inspection = JdbcJournal.builder()
                            .url("jdbc:sqlite:" + arguments[1])
                            .inspect()) {
                        System.out.println(inspection.list(RunQuery.ALL).get(0).id() + " "
                                + inspection.read(RunId.of("run")).size());
                    }
                }
            } catch (JdbcJournalException e) {
                System.out.println(e.code() + " " + e.getMessage());
            }
        }
    }

    private static String inOtherProcess(String what, Path file) throws Exception {
        Path out = Files.createTempFile("other", ".txt");
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx128m",
                        "-cp",
                        System.getProperty("java.class.path") + File.pathSeparator + surefirePath(),
                        Other.class.getName(),
                        what,
                        file.toString())
                .redirectErrorStream(true)
                .redirectOutput(out.toFile())
                .start();
        try {
            assertThat(process.waitFor(90, TimeUnit.SECONDS)).isTrue();
            return Files.readString(out);
        } finally {
            process.destroyForcibly();
            Files.deleteIfExists(out);
        }
    }

    /** Surefire puts the class path into a manifest and tells the real one here. */
    private static String surefirePath() {
        return System.getProperty("surefire.test.class.path", "");
    }

    @Test
    void a_second_process_is_refused_and_may_look() throws Exception {
        Path file = folder.resolve("journal.db");
        try (JdbcJournal journal = JdbcJournal.sqlite(file)) {
            Rig.await(Rig.append(journal, journal.open("a", Rig.LONG), RunId.of("run"), Rig.start()));

            assertThat(inOtherProcess("open", file)).contains("AUT-J105").contains("another process");
            assertThat(inOtherProcess("look", file)).contains("run 1");
            Rig.await(Rig.append(journal, journal.open("a", Rig.LONG), RunId.of("two"), Rig.start()));
        }
        assertThat(inOtherProcess("open", file)).contains("opened");
    }

    @Test
    void the_same_process_is_refused_too() {
        Path file = folder.resolve("journal.db");
        try (JdbcJournal journal = JdbcJournal.sqlite(file)) {
            assertThatThrownBy(() -> JdbcJournal.sqlite(file))
                    .isInstanceOf(JdbcJournalException.class)
                    .hasMessageContaining("this process");
            assertThat(journal.open("a", Rig.LONG).epoch()).isPositive();
        }
        JdbcJournal.sqlite(file).close();
    }

    @Test
    void links_to_the_file_do_not_get_round_that() throws Exception {
        Path real = Files.createDirectory(folder.resolve("real"));
        Path file = real.resolve("journal.db");
        Path folderLink = Files.createSymbolicLink(folder.resolve("link"), real);
        Path fileLink = Files.createSymbolicLink(folder.resolve("current.db"), Path.of("real", "journal.db"));
        Path linkOfLink = Files.createSymbolicLink(real.resolve("other.db"), fileLink);
        List<Path> names = List.of(linkOfLink, fileLink, folderLink.resolve("journal.db"), file);
        for (Path first : names) { // the first link leads to a file that is not there yet
            try (JdbcJournal journal = JdbcJournal.sqlite(first)) {
                for (Path second : names) {
                    assertThatThrownBy(() -> JdbcJournal.sqlite(second))
                            .isInstanceOfSatisfying(
                                    JdbcJournalException.class,
                                    refused -> assertThat(refused.code()).isEqualTo(JdbcJournalException.IN_USE));
                }
                assertThat(journal.open("a", Rig.LONG).epoch()).isPositive();
            }
        }
        assertThat(inOtherProcess("open", linkOfLink)).contains("opened");
    }

    @Test
    void a_second_journal_is_refused_on_connections_of_the_application_too() {
        Path file = folder.resolve("journal.db");
        SQLiteDataSource source = new SQLiteDataSource();
        source.setUrl("jdbc:sqlite:" + file + "?journal_mode=WAL&synchronous=FULL");
        try (JdbcJournal journal = JdbcJournal.builder().dataSource(source).open()) {
            for (JdbcJournalBuilder second : List.of(
                    JdbcJournal.builder().dataSource(source),
                    JdbcJournal.builder().url("jdbc:sqlite:" + file))) {
                assertThatThrownBy(second::open)
                        .isInstanceOfSatisfying(
                                JdbcJournalException.class,
                                refused -> assertThat(refused.code()).isEqualTo(JdbcJournalException.IN_USE));
            }
            JdbcJournal.builder().dataSource(source).visiting().open().close();
            assertThat(journal.open("a", Rig.LONG).epoch()).isPositive();
        }
        JdbcJournal.builder().dataSource(source).open().close();
    }

    @Test
    void looking_makes_no_file() {
        Path file = folder.resolve("none.db");
        assertThatThrownBy(
                        () -> JdbcJournal.builder().url("jdbc:sqlite:" + file).inspect())
                .isInstanceOf(JdbcJournalException.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void sweeps_the_libraries_that_killed_processes_leave() throws Exception {
        Path dead = Files.createDirectories(folder.resolve("999999999999"));
        Files.writeString(dead.resolve("sqlite.so"), "x");
        Path alive = Files.createDirectories(
                folder.resolve(Long.toString(ProcessHandle.current().pid())));
        Files.createDirectories(folder.resolve("not-a-process"));

        SqliteLibrary.sweep(folder);

        assertThat(dead).doesNotExist();
        assertThat(alive).exists();
        assertThat(folder.resolve("not-a-process")).exists();
    }
}
