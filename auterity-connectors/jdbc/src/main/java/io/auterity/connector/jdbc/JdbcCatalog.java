package io.auterity.connector.jdbc;

import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.RunCatalog;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunStatus;
import io.auterity.journal.RunSummary;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.conf.RenderQuotedNames;
import org.jooq.conf.Settings;
import org.jooq.impl.DSL;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions about runs. What holds for columns the database finds by its indexes; fields of inputs are compared
 * here, run by run, so ask for other things beside them. Thread-safe.
 */
final class JdbcCatalog implements RunCatalog {

    static {
        // Unless the host wants it, jOOQ does not fill the host's log with its logo and a tip of the day.
        for (String greeting : List.of("org.jooq.no-logo", "org.jooq.no-tips")) {
            if (System.getProperty(greeting) == null) {
                System.setProperty(greeting, "true");
            }
        }
    }

    /** How many runs' inputs are looked at in one go. */
    private static final int PAGE = 500;

    private static final Field<Long> ID = DSL.field("r.id", Long.class);
    private static final Field<String> NAME = DSL.field("r.name", String.class);
    private static final Field<String> WORKFLOW = DSL.field("r.workflow", String.class);
    private static final Field<String> VERSION = DSL.field("r.version", String.class);
    private static final Field<String> TENANT = DSL.field("r.tenant", String.class);
    private static final Field<String> PARENT = DSL.field("r.parent", String.class);
    private static final Field<String> PARENT_STEP = DSL.field("r.parent_step", String.class);
    private static final Field<Long> STARTED_AT = DSL.field("r.started_at", Long.class);
    private static final Field<Long> WAKE_AT = DSL.field("r.wake_at", Long.class);
    private static final Field<Integer> RECOVERIES = DSL.field("r.recoveries", Integer.class);
    private static final Field<Integer> STATUS = DSL.field("r.status", Integer.class);
    private static final Field<Long> ENDED_AT = DSL.field("r.ended_at", Long.class);
    private static final Field<String> FAILURE = DSL.field("r.failure", String.class);
    private static final Field<Integer> QUEUE_STATE = DSL.field("r.queue_state", Integer.class);
    private static final Field<Long> QUEUE_AT = DSL.field("r.queue_at", Long.class);
    private static final Field<String> OWNER = DSL.field("l.owner", String.class);

    private final Dialect dialect;
    private final Access access;
    private final EntryReads entries;
    private final Definitions definitions;
    private final Table<?> runs;
    private final Table<?> leases;
    private final Table<?> labels;

    JdbcCatalog(Dialect dialect, Access access, EntryReads entries, Definitions definitions) {
        this.dialect = dialect;
        this.access = access;
        this.entries = entries;
        this.definitions = definitions;
        runs = DSL.table(dialect.tables().name("run") + " r");
        leases = DSL.table(dialect.tables().name("lease") + " l");
        labels = DSL.table(dialect.tables().name("label") + " b");
    }

    @Override
    public Optional<RunSummary> find(RunId run) {
        return access.read("look a run up", connection -> {
            List<Found> found = select(connection, NAME.eq(run.value()), 1);
            return found.isEmpty() ? Optional.empty() : Optional.of(found.get(0).summary());
        });
    }

    /** A run and its number. */
    private record Found(long id, RunSummary summary) {}

    @Override
    public List<RunSummary> list(RunQuery query) {
        return access.read("list runs", connection -> {
            Condition condition = condition(query.filter());
            @Nullable
            Found after = query.after().isEmpty()
                    ? null
                    : select(connection, NAME.eq(query.after().get().value()), 1).stream()
                            .findFirst()
                            .orElse(null);
            Map<String, Object> input = query.filter().input();
            List<RunSummary> page = new ArrayList<>();
            int ask = input.isEmpty() ? query.limit() : PAGE;
            while (true) {
                List<Found> found =
                        select(connection, after == null ? condition : condition.and(isBehind(after.summary())), ask);
                Map<Long, EntryReads.Found> starts =
                        input.isEmpty() ? Map.of() : entries.starts(connection, ids(found));
                for (Found run : found) {
                    EntryReads.Found start = starts.get(run.id());
                    if (page.size() < query.limit()
                            && Inputs.match(
                                    start == null ? null : start.entries().get(0), input)) {
                        page.add(run.summary());
                    }
                }
                if (found.size() < ask || page.size() == query.limit()) {
                    return page;
                }
                after = found.get(found.size() - 1);
            }
        });
    }

    private static List<Long> ids(List<Found> found) {
        return found.stream().map(Found::id).toList();
    }

    private static Condition isBehind(RunSummary last) {
        long at = last.start().at();
        return STARTED_AT.lt(at).or(STARTED_AT.eq(at).and(NAME.lt(last.id().value())));
    }

    private Condition condition(RunQuery.Filter filter) {
        Condition all = filter.workflow().map(WORKFLOW::eq).orElse(DSL.noCondition());
        if (filter.startedFrom() != Long.MIN_VALUE) {
            all = all.and(STARTED_AT.ge(filter.startedFrom()));
        }
        if (filter.startedBefore() != Long.MAX_VALUE) {
            all = all.and(STARTED_AT.lt(filter.startedBefore()));
        }
        if (!filter.statuses().isEmpty()) {
            all = all.and(DSL.or(
                    filter.statuses().stream().map(JdbcCatalog::hasStatus).toList()));
        }
        for (Map.Entry<String, String> label : filter.labels().entrySet()) {
            all = all.and(DSL.exists(DSL.selectOne()
                    .from(labels)
                    .where(DSL.field("b.run", Long.class).eq(ID))
                    .and(DSL.field("b.name", String.class).eq(label.getKey()))
                    .and(DSL.field("b.content", String.class).eq(label.getValue()))));
        }
        return all;
    }

    private static Condition hasStatus(RunStatus status) {
        return switch (status) {
            case QUEUED -> ENDED_AT.isNull().and(QUEUE_STATE.in(Queues.DELAYED, Queues.READY));
            case RUNNING ->
                ENDED_AT.isNull()
                        .and(WAKE_AT.isNull())
                        .and(QUEUE_STATE.in(0, Queues.BEGUN))
                        .and(STATUS.eq(0));
            case WAITING -> ENDED_AT.isNull().and(WAKE_AT.isNotNull()).and(STATUS.eq(0));
            case COMPENSATING -> ENDED_AT.isNull().and(STATUS.eq(Change.COMPENSATING));
            case SUCCEEDED, FAILED, CANCELLED, COMPENSATED, DEAD_LETTERED -> STATUS.eq(Change.numberOf(status));
        };
    }

    private List<Found> select(Connection connection, Condition condition, int limit) {
        DSLContext sql = sql(connection);
        List<Record> rows = new ArrayList<>(sql.select(
                        ID,
                        NAME,
                        WORKFLOW,
                        VERSION,
                        TENANT,
                        PARENT,
                        PARENT_STEP,
                        STARTED_AT,
                        WAKE_AT,
                        RECOVERIES,
                        STATUS,
                        ENDED_AT,
                        FAILURE,
                        QUEUE_STATE,
                        QUEUE_AT,
                        OWNER)
                .from(runs)
                .leftJoin(leases)
                .on(DSL.field("l.epoch", Long.class).eq(DSL.field("r.epoch", Long.class)))
                .where(condition)
                .orderBy(STARTED_AT.desc(), NAME.desc())
                .limit(limit)
                .fetch());
        Map<Long, Map<String, String>> labelled = new HashMap<>();
        for (int from = 0; from < rows.size(); from += PAGE) {
            List<Long> ids = rows.subList(from, Math.min(rows.size(), from + PAGE)).stream()
                    .map(row -> row.get(ID))
                    .toList();
            Field<Long> run = DSL.field("b.run", Long.class);
            Field<String> name = DSL.field("b.name", String.class);
            Field<String> content = DSL.field("b.content", String.class);
            sql.select(run, name, content)
                    .from(labels)
                    .where(run.in(ids))
                    .forEach(row -> labelled.computeIfAbsent(row.get(run), any -> new HashMap<>())
                            .put(row.get(name), row.get(content)));
        }
        return rows.stream()
                .map(row -> new Found(row.get(ID), summary(row, labelled.getOrDefault(row.get(ID), Map.of()))))
                .toList();
    }

    private DSLContext sql(Connection connection) {
        return DSL.using(connection, dialect.jooq(), new Settings().withRenderQuotedNames(RenderQuotedNames.NEVER));
    }

    private static RunSummary summary(Record row, Map<String, String> labels) {
        String parent = row.get(PARENT);
        Origin origin = new Origin(
                row.get(TENANT),
                parent.isEmpty() ? Optional.empty() : Optional.of(RunId.of(parent)),
                row.get(PARENT_STEP),
                labels);
        Long endedAt = row.get(ENDED_AT);
        Long wakeAt = row.get(WAKE_AT);
        String owner = row.get(OWNER);
        boolean queued =
                endedAt == null && (row.get(QUEUE_STATE) == Queues.DELAYED || row.get(QUEUE_STATE) == Queues.READY);
        Long dueAt = queued ? row.get(QUEUE_AT) : wakeAt;
        RunStatus status;
        if (endedAt != null) {
            status = Change.statusOf(row.get(STATUS));
        } else if (queued) {
            status = RunStatus.QUEUED;
        } else if (row.get(STATUS) == Change.COMPENSATING) {
            status = RunStatus.COMPENSATING;
        } else {
            status = wakeAt == null ? RunStatus.RUNNING : RunStatus.WAITING;
        }
        return new RunSummary(
                RunId.of(row.get(NAME)),
                new RunSummary.Start(row.get(STARTED_AT), row.get(WORKFLOW), row.get(VERSION), origin),
                status,
                new RunSummary.Standing(owner == null ? "" : owner, row.get(RECOVERIES), dueAt == null ? 0 : dueAt),
                endedAt == null
                        ? Optional.empty()
                        : Optional.of(new RunSummary.End(endedAt, failure(row.get(FAILURE)))));
    }

    private static Optional<Failure> failure(@Nullable String json) {
        if (json == null || !(Json.read(json) instanceof Map<?, ?> fields)) {
            return Optional.empty();
        }
        return Optional.of(Failure.of(
                String.valueOf(fields.get("code")),
                String.valueOf(fields.get("message")),
                Boolean.TRUE.equals(fields.get("retryable"))));
    }

    @Override
    public List<JournalEntry> read(RunId run) {
        return entries.read(run);
    }

    @Override
    public Optional<String> definition(String version) {
        return definitions.body(version);
    }

    @Override
    public List<StoredVersion> versions(String workflow) {
        return definitions.versions(workflow);
    }

    @Override
    public List<VersionCount> counts(String workflow) {
        return access.read("count runs", connection -> {
            Field<Integer> all = DSL.count();
            Field<Integer> ended = DSL.count(ENDED_AT);
            return sql(connection)
                    .select(VERSION, all, ended)
                    .from(runs)
                    .where(WORKFLOW.eq(workflow))
                    .groupBy(VERSION)
                    .fetch(row -> new VersionCount(row.get(VERSION), row.get(all), row.get(all) - row.get(ended)));
        });
    }
}
