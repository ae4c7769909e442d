package io.auterity;

import io.auterity.definition.RunId;
import io.auterity.journal.Journal;
import io.auterity.journal.RunExistsException;
import io.auterity.journal.RunQuery;
import io.auterity.journal.RunSummary;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The runs of a journal for which something holds, and what can be done to all of them. Runs are looked up page by page
 * while they are dealt with, so there may be any number; a run that begins or changes meanwhile may be met or not.
 *
 * <p>An action is not one transaction: what was done stays done when it is interrupted, and doing it again does no harm.
 * Thread-safe.
 *
 * <p>What asks the journal throws an {@link io.auterity.definition.AuterityException} with the code
 * {@link io.auterity.journal.JournalException#UNAVAILABLE} while its database does not answer.
 */
public final class RunSelection {

    /** The most refusals that a {@link Done} tells of. */
    public static final int MAX_REFUSALS = 1_000;

    private final Engine engine;
    private final Journal journal;
    private final RunQuery.Filter filter;
    private final Consumer<Outcome> listener;

    RunSelection(Engine engine, Journal journal, RunQuery.Filter filter, Consumer<Outcome> listener) {
        this.engine = engine;
        this.journal = journal;
        this.filter = filter;
        this.listener = listener;
    }

    /**
     * What came of one run.
     *
     * @param run the run
     * @param retry the run that tries it again; empty for other actions
     * @param refusal why nothing was done; empty if something was
     */
    public record Outcome(RunId run, Optional<RunId> retry, Optional<String> refusal) {}

    /**
     * What came of all runs.
     *
     * @param runs to how many something was done
     * @param refused to how many nothing was done
     * @param refusals the first {@value #MAX_REFUSALS} of those, with the reasons
     */
    public record Done(long runs, long refused, List<Outcome> refusals) {}

    /**
     * Tells somebody of each run as soon as it has been dealt with.
     *
     * @param told called on the thread that acts
     * @return a selection of the same runs
     */
    public RunSelection onEach(Consumer<Outcome> told) {
        return new RunSelection(engine, journal, filter, told);
    }

    /**
     * Returns the runs, the one started last first.
     *
     * @return reads a page whenever it needs one
     */
    public Stream<RunSummary> stream() {
        return journal.catalog().stream(filter);
    }

    /**
     * Counts the runs.
     *
     * @return how many there are now
     */
    public long count() {
        return stream().count();
    }

    /**
     * {@linkplain Run#cancel Cancels} the runs.
     *
     * @param reason why, for people
     * @return what came of it; runs that have ended are refused
     */
    public Done cancel(String reason) {
        return steer(run -> run.cancel(reason));
    }

    /**
     * {@linkplain Run#pause Holds} the runs.
     *
     * @return what came of it; runs that have ended are refused
     */
    public Done pause() {
        return steer(Run::pause);
    }

    /**
     * Lets paused runs {@linkplain Run#resume go on}; the others do not notice.
     *
     * @return what came of it; runs that have ended are refused
     */
    public Done resume() {
        return steer(Run::resume);
    }

    private Done steer(Consumer<Run<?>> action) {
        return each(run -> {
            if (run.end().isPresent()) {
                return refused(run, "it has ended: " + run.status().text());
            }
            engine.attach(run.id()).ifPresent(action);
            return new Outcome(run.id(), Optional.empty(), Optional.empty());
        });
    }

    /**
     * {@linkplain Engine#retry(RunId, RetryOptions) Tries} the runs again, each once: a run that has been tried again
     * before is refused, whatever came of that (if the retry failed, too, that one is tried again when it is selected).
     * Child runs are refused; retrying their parents starts them again.
     *
     * @param options how
     * @return what came of it
     */
    public Done retry(RetryOptions options) {
        return each(run -> {
            if (run.start().origin().parent().isPresent()) {
                return refused(
                        run,
                        "it belongs to run '" + run.start().origin().parent().get() + "'; retry that one");
            }
            Optional<RunId> known = engine.retryOf(run.id());
            if (known.isPresent()) {
                return refused(run, "it has been tried again as '" + known.get() + "'");
            }
            try {
                RunId retry = engine.retry(run.id(), options).id();
                return new Outcome(run.id(), Optional.of(retry), Optional.empty());
            } catch (EngineException | RunExistsException e) {
                if (e.code().equals(EngineException.CLOSED)) {
                    throw e;
                }
                return refused(run, String.valueOf(e.getMessage()));
            }
        });
    }

    private static Outcome refused(RunSummary run, String why) {
        return new Outcome(run.id(), Optional.empty(), Optional.of(why));
    }

    private Done each(Function<RunSummary, Outcome> action) {
        long done = 0;
        long refused = 0;
        List<Outcome> refusals = new ArrayList<>();
        for (Iterator<RunSummary> runs = stream().iterator(); runs.hasNext(); ) {
            Outcome outcome = action.apply(runs.next());
            if (outcome.refusal().isEmpty()) {
                done++;
            } else {
                refused++;
                if (refusals.size() < MAX_REFUSALS) {
                    refusals.add(outcome);
                }
            }
            listener.accept(outcome);
        }
        return new Done(done, refused, List.copyOf(refusals));
    }
}
