package io.auterity.connector.jdbc;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says where a {@link JdbcJournal} is and how it is set up. Not thread-safe. */
public final class JdbcJournalBuilder {

    /** The schema on databases that have schemas in our sense, unless another is given. */
    public static final String DEFAULT_SCHEMA = "auterity";

    /** The prefix of tables on the others, unless another is given. */
    public static final String DEFAULT_PREFIX = "auterity_";

    /** How many connections the journal's own pool has at most, unless told otherwise. */
    public static final int DEFAULT_CONNECTIONS = 4;

    private static final Logger LOG = LoggerFactory.getLogger(JdbcJournal.class);

    private static final String SQLITE = "jdbc:sqlite:";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private Optional<DataSource> dataSource = Optional.empty();
    private String url = "";
    private String user = "";
    private String password = "";
    private Optional<String> schema = Optional.empty();
    private Optional<String> prefix = Optional.empty();
    private int connections = DEFAULT_CONNECTIONS;
    private boolean migrating = true;
    private boolean allowingLoss;
    private boolean visiting;

    JdbcJournalBuilder() {}

    /**
     * Uses connections of the application. They are borrowed for a statement or a transaction of the journal's own, never
     * for longer: so what other processes do is noticed when the engine looks, not when they tell. On SQLite each has
     * {@code synchronous = FULL} while the journal writes with it, unless {@linkplain #allowingLoss loss is allowed}.
     *
     * @param source where to borrow them; not closed with the journal
     * @return this builder
     */
    public JdbcJournalBuilder dataSource(DataSource source) {
        dataSource = Optional.of(source);
        return this;
    }

    /**
     * Makes a pool of the journal's own.
     *
     * @param jdbcUrl where the database is: {@code jdbc:postgresql:}, {@code jdbc:sqlite:}, {@code jdbc:mariadb:} or
     *     {@code jdbc:h2:}
     * @return this builder
     */
    public JdbcJournalBuilder url(String jdbcUrl) {
        url = jdbcUrl;
        return this;
    }

    /**
     * Says who connects, for the journal's own pool.
     *
     * @param name the user
     * @param secret the password
     * @return this builder
     */
    public JdbcJournalBuilder user(String name, String secret) {
        user = name;
        password = secret;
        return this;
    }

    /**
     * Sets the most connections of the journal's own pool.
     *
     * @param most 2 to 100; {@value #DEFAULT_CONNECTIONS} when not given
     * @return this builder
     */
    public JdbcJournalBuilder connections(int most) {
        if (most < 2 || most > 100) {
            throw new IllegalArgumentException("connections must be 2 to 100, not " + most);
        }
        connections = most;
        return this;
    }

    /**
     * Names the schema the tables are in, on PostgreSQL and H2.
     *
     * @param name lower-case letters, digits and underscores; {@value #DEFAULT_SCHEMA} when not given
     * @return this builder
     */
    public JdbcJournalBuilder schema(String name) {
        schema = Optional.of(name);
        return this;
    }

    /**
     * Says what the names of all tables begin with.
     *
     * @param text lower-case letters, digits and underscores; when not given, nothing on PostgreSQL and H2 and
     *     {@value #DEFAULT_PREFIX} on SQLite and MariaDB
     * @return this builder
     */
    public JdbcJournalBuilder tablePrefix(String text) {
        prefix = Optional.of(text);
        return this;
    }

    /**
     * Leaves making the tables to the application, which gets the statements from {@link #migrations}.
     *
     * @return this builder
     */
    public JdbcJournalBuilder withoutMigrations() {
        migrating = false;
        return this;
    }

    /**
     * Opens the journal even on a database whose settings would lose what was acknowledged, with a warning: for tests.
     *
     * @return this builder
     */
    public JdbcJournalBuilder allowingLoss() {
        allowingLoss = true;
        return this;
    }

    /**
     * Opens the journal beside the engine that has it, also a SQLite file of another process: to look, and to send
     * messages to runs. The tables must be there, and no lease can be opened.
     *
     * @return this builder
     */
    public JdbcJournalBuilder visiting() {
        visiting = true;
        migrating = false;
        return this;
    }

    /**
     * Returns the statements that make the journal's tables, for the application's own migration tool.
     *
     * @param database {@code postgresql}, {@code sqlite}, {@code mariadb} or {@code h2}
     * @return SQL
     * @throws IllegalArgumentException if the database is none of these
     */
    public String migrations(String database) {
        return new Migrations(dialect(database)).text();
    }

    /**
     * Opens the journal: connects, checks the database, and brings its tables up to date.
     *
     * @return the journal
     * @throws JdbcJournalException if the database cannot be reached, is not supported, would lose data, or belongs to
     *     another process
     * @throws IllegalArgumentException if settings are missing or contradict each other
     */
    public JdbcJournal open() {
        if (dataSource.isPresent() == !url.isEmpty()) {
            throw new IllegalArgumentException("give the journal either a dataSource or a url");
        }
        List<AutoCloseable> owned = new ArrayList<>();
        try {
            return open(owned);
        } catch (RuntimeException | Error e) {
            for (AutoCloseable each : owned) {
                close(each, e);
            }
            throw e;
        }
    }

    /**
     * Opens the journal for looking only: nothing is locked, made or changed, and the settings of the database do not
     * matter.
     *
     * @return what can be asked about runs; the caller closes it
     * @throws JdbcJournalException if the database cannot be reached or has no journal
     * @throws IllegalArgumentException if settings are missing or contradict each other
     */
    public JdbcInspection inspect() {
        if (dataSource.isPresent() == !url.isEmpty()) {
            throw new IllegalArgumentException("give the journal either a dataSource or a url");
        }
        DataSource readers;
        AutoCloseable owned = () -> {};
        if (dataSource.isPresent()) {
            readers = dataSource.get();
        } else {
            HikariDataSource pool = url.startsWith(SQLITE) ? sqliteReaders() : pool();
            readers = pool;
            owned = pool;
        }
        try (Connection connection = readers.getConnection()) {
            Dialect dialect = dialect(connection.getMetaData().getDatabaseProductName());
            checkTables(connection, dialect);
            Access access = new Access(readers, readers, PATIENCE, Pools.ANSWER);
            EntryReads entries = new EntryReads(dialect, access);
            return new JdbcInspection(
                    new JdbcCatalog(dialect, access, entries, new Definitions(dialect, access)), owned);
        } catch (SQLException e) {
            JdbcJournalException unavailable = Access.unavailable("be opened", e);
            close(owned, unavailable);
            throw unavailable;
        } catch (RuntimeException | Error e) {
            close(owned, e);
            throw e;
        }
    }

    private HikariDataSource sqliteReaders() {
        Path file = fileOf(url);
        requireFile(file);
        SqliteLibrary.prepare();
        return Pools.sqliteReaders(file);
    }

    private static void requireFile(Path file) {
        if (!Files.exists(file)) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNAVAILABLE, "there is no file " + file + "; name one that holds a journal");
        }
    }

    /** Finds out early, and in our words, that the tables are missing or older than this version needs. */
    private static void checkTables(Connection connection, Dialect dialect) {
        String probe = dialect.sql("select queue_state from {run} where id = 0");
        try (PreparedStatement statement = connection.prepareStatement(probe)) {
            statement.executeQuery().close();
        } catch (SQLException e) {
            throw new JdbcJournalException(
                    JdbcJournalException.UNSUPPORTED,
                    "the journal's tables, as " + dialect.tables().name("run")
                            + ", are not there or not up to date: run the statements that migrations(...) returns, or"
                            + " let the journal make its tables",
                    e);
        }
    }

    private JdbcJournal open(List<AutoCloseable> owned) {
        DataSource writers;
        DataSource readers;
        DataSource migrators;
        Optional<DataSource> listeners = Optional.empty();
        if (dataSource.isPresent()) {
            writers = dataSource.get();
            readers = writers;
            migrators = writers;
        } else if (url.startsWith(SQLITE)) {
            Path file = fileOf(url);
            SqliteLibrary.prepare();
            if (visiting) {
                requireFile(file);
            } else {
                FileLock lock = FileLock.of(file);
                owned.add(lock);
                file = lock.database();
            }
            HikariDataSource writer = Pools.sqliteWriter(file);
            owned.add(0, writer); // closed before the lock
            HikariDataSource reader = Pools.sqliteReaders(file);
            owned.add(0, reader);
            writers = writer;
            readers = reader;
            migrators = Pools.sqliteSource(file, false);
        } else {
            HikariDataSource pool = pool();
            owned.add(pool);
            writers = pool;
            readers = pool;
            migrators = pool;
            listeners = Pools.listeners(url, user, password);
        }
        Dialect dialect = inspect(writers);
        if (dataSource.isPresent() && !visiting) {
            lock(writers, dialect).ifPresent(owned::add);
        }
        if (migrating) {
            new Migrations(dialect).run(migrators);
        }
        try (Connection connection = readers.getConnection()) {
            checkTables(connection, dialect);
        } catch (SQLException e) {
            throw Access.unavailable("be opened", e);
        }
        Access access = new Access(writers, readers, PATIENCE, Pools.ANSWER);
        if (dataSource.isPresent() && dialect instanceof SqliteDialect && !allowingLoss) {
            access = access.syncing();
        }
        return new JdbcJournal(dialect, access, dialect.notices(access, listeners), owned, visiting);
    }

    private static void close(AutoCloseable each, Throwable failure) {
        try {
            each.close();
        } catch (Exception e) {
            failure.addSuppressed(e);
        }
    }

    private HikariDataSource pool() {
        try {
            return Pools.server(url, user, password, connections);
        } catch (RuntimeException e) {
            if (DriverManager.drivers().noneMatch(this::accepts)) {
                throw new JdbcJournalException(
                        JdbcJournalException.UNSUPPORTED,
                        "no driver takes the url: the journal knows jdbc:postgresql:, jdbc:sqlite:, jdbc:mariadb: and"
                                + " jdbc:h2:; write one of these, and put its driver on the class path",
                        e);
            }
            throw new JdbcJournalException(
                    JdbcJournalException.UNAVAILABLE,
                    "the database cannot be reached: " + rootOf(e).getMessage()
                            + "; check the address, the user and the password",
                    e);
        }
    }

    private boolean accepts(Driver driver) {
        try {
            return driver.acceptsURL(url);
        } catch (SQLException e) {
            return false;
        }
    }

    private static Throwable rootOf(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root;
    }

    private static Path fileOf(String url) {
        String name = url.substring(SQLITE.length());
        if (name.isEmpty() || name.startsWith(":") || name.startsWith("file:") || name.contains("?")) {
            throw new IllegalArgumentException(
                    "the url of a SQLite journal is jdbc:sqlite: and the path of a file, not '" + url + "'");
        }
        return Path.of(name).toAbsolutePath();
    }

    private static Optional<FileLock> lock(DataSource source, Dialect dialect) {
        try (Connection connection = source.getConnection()) {
            return dialect.file(connection).map(FileLock::of);
        } catch (SQLException e) {
            throw Access.unavailable("be opened", e);
        }
    }

    private Dialect inspect(DataSource source) {
        try (Connection connection = source.getConnection()) {
            Dialect dialect = dialect(connection.getMetaData().getDatabaseProductName());
            List<String> refusals = new ArrayList<>();
            dialect.checkDurability(
                    connection, refusals::add, warning -> LOG.warn("journal on {}: {}", dialect.product(), warning));
            if (!refusals.isEmpty() && !allowingLoss) {
                throw new JdbcJournalException(
                        JdbcJournalException.NOT_DURABLE,
                        "this " + dialect.product() + " would lose what was acknowledged: "
                                + String.join("; and ", refusals));
            }
            refusals.forEach(refusal -> LOG.warn("THIS JOURNAL LOSES DATA, as allowed: {}", refusal));
            return dialect;
        } catch (SQLException e) {
            throw Access.unavailable("be opened", e);
        }
    }

    private Dialect dialect(String product) {
        return switch (product.toLowerCase(Locale.ROOT)) {
            case "postgresql" -> new PostgresDialect(new Tables(schema.orElse(DEFAULT_SCHEMA), prefix.orElse("")));
            case "h2" -> new H2Dialect(new Tables(schema.orElse(DEFAULT_SCHEMA), prefix.orElse("")));
            case "sqlite" -> new SqliteDialect(new Tables(without("SQLite"), prefix.orElse(DEFAULT_PREFIX)));
            case "mariadb" -> new MariaDbDialect(new Tables(without("MariaDB"), prefix.orElse(DEFAULT_PREFIX)));
            default ->
                throw new JdbcJournalException(
                        JdbcJournalException.UNSUPPORTED,
                        "the database is " + product + "; the journal knows PostgreSQL, SQLite, MariaDB and H2");
        };
    }

    private String without(String product) {
        if (schema.isPresent()) {
            throw new IllegalArgumentException("schema has no meaning on " + product + "; use tablePrefix");
        }
        return "";
    }
}
