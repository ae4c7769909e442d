package io.auterity.server;

import io.auterity.definition.Json;
import io.auterity.journal.Journal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunSummary;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** Puts a message into the inboxes of runs, for the engines that have them or the next that take them up. */
final class RunsSending {

    /** After how many runs it is said how far it is. */
    private static final int STRIDE = 1_000;

    private final Shell shell;
    private final JournalVisit visit;
    private final RunMessage message;
    private final String done;

    /** @param done what becomes of the runs, as in {@code cancelled} */
    RunsSending(Shell shell, JournalVisit visit, RunMessage message, String done) {
        this.shell = shell;
        this.visit = visit;
        this.message = message;
        this.done = done;
    }

    int to(RunChoice choice) {
        choice.check();
        Instant now = InstantSource.system().instant();
        try (Journal journal = visit.open(shell)) {
            Stream<RunSummary> runs = choice.stream(visit, journal.catalog(), RunChoice.UNFINISHED, now);
            if (!choice.isConfirmed()) {
                return choice.tell(shell, visit, done, runs);
            }
            return choice.named().size() == 1
                    ? one(journal, choice.named().get(0).value())
                    : all(journal, runs, choice.isNamed());
        }
    }

    /** Sends to one run. */
    int one(Journal journal, String run) {
        RunSummary summary = visit.find(journal.catalog(), JournalVisit.id(run));
        boolean sent = journal.send(summary.id(), message);
        if (visit.wantsJson()) {
            report(sent ? 1 : 0, sent ? 0 : 1);
        }
        if (!sent) {
            shell.err()
                    .println("run '" + run + "' has ended: "
                            + visit.find(journal.catalog(), summary.id())
                                    .status()
                                    .text());
            return Main.FAILED;
        }
        shell.err().println("run '" + run + "' will be " + done + " by the engine that has it" + orLater());
        return Main.OK;
    }

    private String orLater() {
        return ", or by 'auterity runs resume --journal " + visit.name() + "'";
    }

    private int all(Journal journal, Stream<RunSummary> runs, boolean named) {
        long sent = 0;
        long ended = 0;
        for (Iterator<RunSummary> each = runs.iterator(); each.hasNext(); ) {
            RunSummary run = each.next();
            if (journal.send(run.id(), message)) {
                sent++;
            } else {
                ended++;
                if (named) {
                    shell.err()
                            .println("run '" + run.id() + "' has ended: "
                                    + run.status().text());
                }
            }
            if ((sent + ended) % STRIDE == 0) {
                shell.err().println(RunChoice.runs(sent + ended) + " so far");
            }
        }
        if (visit.wantsJson()) {
            report(sent, ended);
        }
        shell.err()
                .println(RunChoice.runs(sent) + " will be " + done + " by the engines that have them" + orLater()
                        + (ended == 0 ? "" : "; " + ended + " had ended"));
        return named && ended > 0 ? Main.FAILED : Main.OK;
    }

    private void report(long sent, long ended) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("runs", sent);
        json.put("ended", ended);
        json.put("done", true);
        shell.out().println(Json.pretty(json));
    }
}
