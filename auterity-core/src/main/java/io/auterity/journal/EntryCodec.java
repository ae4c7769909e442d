package io.auterity.journal;

import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry.ApprovalDecided;
import io.auterity.journal.JournalEntry.AttemptFailed;
import io.auterity.journal.JournalEntry.Emitted;
import io.auterity.journal.JournalEntry.OfStep;
import io.auterity.journal.JournalEntry.Origin;
import io.auterity.journal.JournalEntry.RunCompensating;
import io.auterity.journal.JournalEntry.RunEnded;
import io.auterity.journal.JournalEntry.RunPaused;
import io.auterity.journal.JournalEntry.RunResumed;
import io.auterity.journal.JournalEntry.RunStarted;
import io.auterity.journal.JournalEntry.RunStopping;
import io.auterity.journal.JournalEntry.SignalReceived;
import io.auterity.journal.JournalEntry.StepCancelled;
import io.auterity.journal.JournalEntry.StepCompensated;
import io.auterity.journal.JournalEntry.StepFailed;
import io.auterity.journal.JournalEntry.StepProgressed;
import io.auterity.journal.JournalEntry.StepSkipped;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepStopping;
import io.auterity.journal.JournalEntry.StepStreamed;
import io.auterity.journal.JournalEntry.StepSucceeded;
import io.auterity.journal.JournalEntry.StepWaiting;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Turns entries into rows and back, the same way for every store.
 *
 * <p>The numbers of {@link Kind} stand in databases: one that is taken keeps its meaning, and an entry that comes to be
 * written in another form gets a new number beside the old one, which stays readable. Outputs are the payload as they
 * are, so that a large one is neither wrapped nor copied; everything else is a small JSON object. The cause of a failure
 * is not recorded.
 *
 * <p>Reading never makes other objects than {@link Json#read(byte[])} does.
 *
 * <p>Thread-safe: functions without state.
 */
public final class EntryCodec {

    private static final byte[] NOTHING = {};

    private EntryCodec() {}

    /** What rows are numbered by. */
    private enum Kind {
        RUN_STARTED(1, RunStarted.class),
        STEP_WAITING(2, StepWaiting.class),
        ATTEMPT_FAILED(3, AttemptFailed.class),
        STEP_SUCCEEDED(4, StepSucceeded.class),
        STEP_FAILED(5, StepFailed.class),
        STEP_SKIPPED(6, StepSkipped.class),
        STEP_CANCELLED(7, StepCancelled.class),
        STEP_COMPENSATED(8, StepCompensated.class),
        EMITTED(9, Emitted.class),
        SIGNAL_RECEIVED(10, SignalReceived.class),
        APPROVAL_DECIDED(11, ApprovalDecided.class),
        RUN_PAUSED(12, RunPaused.class),
        RUN_RESUMED(13, RunResumed.class),
        RUN_STOPPING(14, RunStopping.class),
        RUN_COMPENSATING(15, RunCompensating.class),
        RUN_ENDED(16, RunEnded.class),
        STEP_STARTED(17, StepStarted.class),
        STEP_PROGRESSED(18, StepProgressed.class),
        STEP_STREAMED(19, StepStreamed.class),
        STEP_STOPPING(20, StepStopping.class);

        private static final Kind[] BY_NUMBER = new Kind[values().length + 1];
        private static final Map<Class<?>, Kind> BY_TYPE =
                Stream.of(values()).collect(Collectors.toUnmodifiableMap(kind -> kind.type, kind -> kind));

        static {
            for (Kind kind : values()) {
                BY_NUMBER[kind.number] = kind;
            }
        }

        private final int number;
        private final Class<? extends JournalEntry> type;

        Kind(int number, Class<? extends JournalEntry> type) {
            this.number = number;
            this.type = type;
        }

        private static Kind of(JournalEntry entry) {
            Kind kind = BY_TYPE.get(entry.getClass());
            if (kind == null) {
                throw new IllegalStateException("no number for " + entry.getClass());
            }
            return kind;
        }
    }

    // --- writing ---

    /**
     * Writes an entry.
     *
     * @param entry the entry
     * @return its row
     * @throws IllegalArgumentException if a value in it has no JSON
     */
    public static EntryRow encode(JournalEntry entry) {
        Kind kind = Kind.of(entry);
        String step = entry instanceof OfStep ofStep ? ofStep.step() : "";
        return switch (kind) {
            case STEP_SUCCEEDED -> {
                StepSucceeded done = (StepSucceeded) entry;
                byte[] output = done.output() == null ? NOTHING : JavaValue.bytesOf(done.output());
                yield new EntryRow(kind.number, done.at(), step, done.attempt(), done.startedAt(), output);
            }
            case ATTEMPT_FAILED -> {
                AttemptFailed failed = (AttemptFailed) entry;
                byte[] payload = Fields.of(failed.failure())
                        .put("retryAt", failed.retryAt())
                        .bytes();
                yield new EntryRow(kind.number, failed.at(), step, failed.attempt(), failed.startedAt(), payload);
            }
            case STEP_FAILED -> {
                StepFailed failed = (StepFailed) entry;
                byte[] payload = Fields.of(failed.failure()).bytes();
                yield new EntryRow(kind.number, failed.at(), step, failed.attempt(), failed.startedAt(), payload);
            }
            case STEP_CANCELLED ->
                new EntryRow(kind.number, entry.at(), step, ((StepCancelled) entry).attempt(), 0, NOTHING);
            case STEP_STARTED ->
                new EntryRow(kind.number, entry.at(), step, ((StepStarted) entry).attempt(), 0, NOTHING);
            default -> new EntryRow(kind.number, entry.at(), step, 0, 0, payload(kind, entry));
        };
    }

    private static byte[] payload(Kind kind, JournalEntry entry) {
        return switch (kind) {
            case RUN_STARTED -> started((RunStarted) entry);
            case STEP_WAITING -> {
                StepWaiting waiting = (StepWaiting) entry;
                yield new Fields()
                        .put("reason", waiting.reason().name())
                        .put("subject", waiting.subject())
                        .put("until", waiting.until())
                        .bytes();
            }
            case STEP_COMPENSATED ->
                ((StepCompensated) entry)
                        .failure()
                        .map(why -> Fields.of(why).bytes())
                        .orElse(NOTHING);
            case EMITTED -> {
                Emitted emitted = (Emitted) entry;
                yield new Fields()
                        .put("event", emitted.event())
                        .put("data", JavaValue.jsonOf(emitted.data()))
                        .bytes();
            }
            case SIGNAL_RECEIVED -> {
                SignalReceived received = (SignalReceived) entry;
                yield new Fields()
                        .put("signal", received.signal())
                        .put("payload", JavaValue.jsonOf(received.payload()))
                        .bytes();
            }
            case APPROVAL_DECIDED -> {
                ApprovalDecided decided = (ApprovalDecided) entry;
                yield new Fields()
                        .put("approved", decided.approved())
                        .put("by", decided.by())
                        .put("form", decided.form())
                        .bytes();
            }
            case STEP_STOPPING -> Fields.of(((StepStopping) entry).failure()).bytes();
            case RUN_STOPPING -> Fields.of(((RunStopping) entry).failure()).bytes();
            case RUN_COMPENSATING ->
                Fields.of(((RunCompensating) entry).failure()).bytes();
            case RUN_ENDED -> ended((RunEnded) entry);
            case STEP_PROGRESSED -> {
                StepProgressed progress = (StepProgressed) entry;
                yield new Fields()
                        .put("done", progress.done())
                        .put("total", progress.total())
                        .put("message", progress.message())
                        .bytes();
            }
            case STEP_STREAMED -> JavaValue.bytesOf(((StepStreamed) entry).data());
            default -> NOTHING;
        };
    }

    private static byte[] started(RunStarted started) {
        Origin origin = started.origin();
        Fields fields = new Fields()
                .put("workflow", started.workflow())
                .put("version", started.version())
                .put("input", JavaValue.jsonOf(started.input()));
        if (!origin.tenant().isEmpty()) {
            fields.put("tenant", origin.tenant());
        }
        if (origin.parent().isPresent()) {
            fields.put("parent", origin.parent().get().value()).put("parentStep", origin.parentStep());
        }
        if (!origin.labels().isEmpty()) {
            fields.put("labels", origin.labels());
        }
        if (origin.depth() > 0) {
            fields.put("depth", origin.depth());
        }
        return fields.bytes();
    }

    private static byte[] ended(RunEnded ended) {
        Fields fields = new Fields().put("status", ended.status().name());
        ended.failure()
                .ifPresentOrElse(
                        why -> fields.put("failure", Fields.of(why).map),
                        () -> fields.put("output", JavaValue.jsonOf(ended.output())));
        return fields.bytes();
    }

    // --- reading ---

    /**
     * Reads a row.
     *
     * @param row the row
     * @return the entry; its values are JSON
     * @throws JournalException if no version of this library up to this one has written such a row
     */
    public static JournalEntry decode(EntryRow row) {
        Kind kind = row.kind() > 0 && row.kind() < Kind.BY_NUMBER.length ? Kind.BY_NUMBER[row.kind()] : null;
        if (kind == null) {
            throw new JournalException("an entry of kind " + row.kind()
                    + " is in the journal, which this version does not know; use the version that wrote it, or"
                    + " a newer one");
        }
        try {
            return decode(kind, row);
        } catch (JsonException
                | ClassCastException
                | IllegalArgumentException
                | ArithmeticException
                | NullPointerException damaged) {
            JournalException refused = new JournalException(
                    "an entry of kind " + row.kind() + (row.step().isEmpty() ? "" : " of step '")
                            + (row.step().isEmpty() ? "" : row.step() + "'") + " is damaged: " + damaged.getMessage());
            refused.initCause(damaged);
            throw refused;
        }
    }

    private static JournalEntry decode(Kind kind, EntryRow row) {
        long at = row.at();
        String step = row.step();
        return switch (kind) {
            case RUN_STARTED -> started(at, Fields.read(row));
            case STEP_WAITING -> {
                Fields fields = Fields.read(row);
                yield new StepWaiting(
                        at,
                        step,
                        StepWaiting.Reason.valueOf(fields.text("reason")),
                        fields.text("subject"),
                        fields.number("until"));
            }
            case ATTEMPT_FAILED -> {
                Fields fields = Fields.read(row);
                yield new AttemptFailed(
                        at, step, row.attempt(), row.startedAt(), fields.failure(), fields.number("retryAt"));
            }
            case STEP_SUCCEEDED -> new StepSucceeded(at, step, row.attempt(), row.startedAt(), value(row));
            case STEP_FAILED ->
                new StepFailed(
                        at,
                        step,
                        row.attempt(),
                        row.startedAt(),
                        Fields.read(row).failure());
            case STEP_SKIPPED -> new StepSkipped(at, step);
            case STEP_CANCELLED -> new StepCancelled(at, step, row.attempt());
            case STEP_COMPENSATED ->
                new StepCompensated(
                        at,
                        step,
                        row.payload().length == 0
                                ? Optional.empty()
                                : Optional.of(Fields.read(row).failure()));
            case EMITTED -> {
                Fields fields = Fields.read(row);
                yield new Emitted(at, step, fields.text("event"), fields.get("data"));
            }
            case SIGNAL_RECEIVED -> {
                Fields fields = Fields.read(row);
                yield new SignalReceived(at, fields.text("signal"), fields.get("payload"));
            }
            case APPROVAL_DECIDED -> {
                Fields fields = Fields.read(row);
                yield new ApprovalDecided(at, step, fields.is("approved"), fields.text("by"), fields.object("form"));
            }
            case RUN_PAUSED -> new RunPaused(at);
            case RUN_RESUMED -> new RunResumed(at);
            case STEP_STOPPING -> new StepStopping(at, step, Fields.read(row).failure());
            case RUN_STOPPING -> new RunStopping(at, Fields.read(row).failure());
            case RUN_COMPENSATING -> new RunCompensating(at, Fields.read(row).failure());
            case RUN_ENDED -> ended(at, Fields.read(row));
            case STEP_STARTED -> new StepStarted(at, step, row.attempt());
            case STEP_PROGRESSED -> {
                Fields fields = Fields.read(row);
                yield new StepProgressed(
                        at, step, fields.number("done"), fields.number("total"), fields.text("message"));
            }
            case STEP_STREAMED -> new StepStreamed(at, step, value(row));
        };
    }

    private static @Nullable Object value(EntryRow row) {
        return row.payload().length == 0 ? null : Json.read(row.payload());
    }

    private static RunStarted started(long at, Fields fields) {
        Map<String, String> labels = new LinkedHashMap<>();
        if (fields.get("labels") != null) {
            fields.object("labels").forEach((name, value) -> labels.put(name, (String) value));
        }
        Object parent = fields.get("parent");
        Origin origin = new Origin(
                fields.get("tenant") == null ? "" : fields.text("tenant"),
                parent == null ? Optional.empty() : Optional.of(RunId.of((String) parent)),
                parent == null ? "" : fields.text("parentStep"),
                labels,
                fields.get("depth") == null ? 0 : Math.toIntExact(fields.number("depth")));
        return new RunStarted(at, fields.text("workflow"), fields.text("version"), fields.get("input"), origin);
    }

    private static RunEnded ended(long at, Fields fields) {
        Optional<Failure> failure = fields.get("failure") == null
                ? Optional.empty()
                : Optional.of(fields.inner("failure").failure());
        return new RunEnded(at, RunStatus.valueOf(fields.text("status")), fields.get("output"), failure);
    }

    /** A JSON object being written or read. */
    private static final class Fields {

        private final Map<String, @Nullable Object> map;

        private Fields() {
            this(new LinkedHashMap<>());
        }

        private Fields(Map<String, @Nullable Object> map) {
            this.map = map;
        }

        private static Fields of(Failure failure) {
            return new Fields()
                    .put("code", failure.code())
                    .put("message", failure.message())
                    .put("retryable", failure.retryable());
        }

        @SuppressWarnings("unchecked") // checked: what is no object fails the cast
        private static Fields read(EntryRow row) {
            Map<String, @Nullable Object> object = (Map<String, @Nullable Object>) Json.read(row.payload());
            if (object == null) {
                throw new IllegalArgumentException("an object is expected, not null");
            }
            return new Fields(object);
        }

        private Fields put(String name, @Nullable Object value) {
            map.put(name, value);
            return this;
        }

        private byte[] bytes() {
            return Json.writeBytes(map);
        }

        private @Nullable Object get(String name) {
            return map.get(name);
        }

        private Object required(String name) {
            Object value = map.get(name);
            if (value == null) {
                throw new IllegalArgumentException("'" + name + "' is missing");
            }
            return value;
        }

        private String text(String name) {
            return (String) required(name);
        }

        private long number(String name) {
            return (Long) required(name);
        }

        private boolean is(String name) {
            return (Boolean) required(name);
        }

        @SuppressWarnings("unchecked") // JSON objects have no other keys
        private Map<String, Object> object(String name) {
            return (Map<String, Object>) required(name);
        }

        @SuppressWarnings("unchecked") // the same
        private Fields inner(String name) {
            return new Fields((Map<String, @Nullable Object>) required(name));
        }

        private Failure failure() {
            return Failure.of(text("code"), text("message"), is("retryable"));
        }
    }
}
