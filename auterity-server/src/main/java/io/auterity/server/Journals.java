package io.auterity.server;

import io.auterity.connector.jdbc.JdbcInspection;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.connector.jdbc.JdbcJournalBuilder;
import io.auterity.connector.jdbc.JdbcJournalException;
import io.auterity.definition.AuterityException;
import io.auterity.journal.InMemoryJournal;
import io.auterity.journal.Journal;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Journals as the option {@code --journal} names them: {@code memory}, {@code sqlite:PATH} or {@code jdbc:URL}. User and
 * password of a database stand in {@code AUTERITY_JOURNAL_USER} and {@code AUTERITY_JOURNAL_PASSWORD}, since others can
 * see a command line.
 */
final class Journals {

    static final String MEMORY = "memory";
    private static final String SQLITE = "sqlite:";
    private static final String JDBC = "jdbc:";
    private static final String FIX = "write sqlite:PATH, or jdbc: and the address of a database";

    private Journals() {}

    /** Refuses what names no journal to run in. */
    static void check(String name, Map<String, String> environment) {
        if (!name.equals(MEMORY)) {
            builder(name, environment);
        }
    }

    /** Refuses what names no journal that outlives a program. */
    static void checkLasting(String name, Map<String, String> environment) {
        lasting(name, environment);
    }

    /** Opens a journal to run in. */
    static Journal open(String name, Map<String, String> environment) {
        return name.equals(MEMORY) ? new InMemoryJournal() : opened(name, builder(name, environment)::open);
    }

    /** Opens a database of journals, for what else is in it. */
    static JdbcJournal database(String name, Map<String, String> environment) {
        return opened(name, lasting(name, environment)::open);
    }

    /** Opens a journal to send messages to runs, whether an engine has it or not. */
    static JdbcJournal visit(String name, Map<String, String> environment) {
        return opened(name, lasting(name, environment).visiting()::open);
    }

    /** Opens a journal to look into it, whether an engine has it or not. */
    static JdbcInspection look(String name, Map<String, String> environment) {
        return opened(name, lasting(name, environment)::inspect);
    }

    private static JdbcJournalBuilder lasting(String name, Map<String, String> environment) {
        if (name.equals(MEMORY)) {
            throw refused("a journal in memory ends with the program that made it", FIX);
        }
        return builder(name, environment);
    }

    private static <J> J opened(String name, Supplier<J> opening) {
        try {
            return opening.get();
        } catch (AuterityException e) {
            throw Refusal.of(
                    "the journal " + shown(name),
                    e.code(),
                    "--journal",
                    String.valueOf(e.getMessage()),
                    e.code().equals(JdbcJournalException.IN_USE)
                            ? "end that process and try again; 'runs list', 'show', 'cancel', 'pause', 'signal', 'approve' and"
                                    + " 'reject' work beside it, and on a database server everything does"
                            : "see docs/errors.md for " + e.code());
        } catch (IllegalArgumentException e) {
            throw refused(String.valueOf(e.getMessage()), FIX);
        }
    }

    private static JdbcJournalBuilder builder(String name, Map<String, String> environment) {
        if (name.startsWith(SQLITE) || name.startsWith(JDBC + SQLITE)) {
            Path file = path(name.substring(name.indexOf(SQLITE) + SQLITE.length()));
            if (Files.isDirectory(file)) {
                throw refused("'" + file + "' is a directory", "name a file in it, as in sqlite:" + file + "/runs.db");
            }
            Path folder = file.toAbsolutePath().getParent();
            if (folder != null && !Files.isDirectory(folder)) {
                throw refused("there is no directory '" + folder + "'", "make it, or name another file");
            }
            return JdbcJournal.builder().url(JDBC + SQLITE + file);
        }
        if (!name.startsWith(JDBC)) {
            throw refused(
                    "'" + shown(name) + "' names no journal",
                    name.contains(":")
                            ? "write memory, sqlite:PATH or jdbc:URL"
                            : "write sqlite:" + name + " if it is the file of a SQLite database, otherwise jdbc:URL");
        }
        JdbcJournalBuilder builder = JdbcJournal.builder().url(name);
        String user = environment.getOrDefault("AUTERITY_JOURNAL_USER", "");
        return user.isEmpty() ? builder : builder.user(user, environment.getOrDefault("AUTERITY_JOURNAL_PASSWORD", ""));
    }

    private static Path path(String text) {
        if (text.isEmpty()) {
            throw refused("the path of the file is missing", "write sqlite:PATH, as in sqlite:runs.db");
        }
        try {
            return Path.of(text);
        } catch (InvalidPathException e) {
            throw refused("'" + text + "' is no path", "write sqlite:PATH, as in sqlite:runs.db");
        }
    }

    /** The option with which another command finds a journal. */
    static String option(String name) {
        return " --journal " + Shell.quoted(shown(name));
    }

    /** An address may hold a password behind the question mark. */
    private static String shown(String name) {
        int question = name.indexOf('?');
        return question < 0 ? name : name.substring(0, question) + "?...";
    }

    private static Refusal refused(String what, String fix) {
        return Refusal.of("the option --journal", Refusal.OPTION, "--journal", what, fix);
    }
}
