package io.auterity.server;

import io.auterity.EngineException;
import io.auterity.StepRecord;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.definition.Definition;
import io.auterity.definition.Problem;
import io.auterity.journal.Journal;
import io.auterity.journal.RunMessage;
import io.auterity.journal.RunSummary;
import io.auterity.journal.StepStatus;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** The commands {@code runs approve} and {@code runs reject}. */
abstract sealed class RunsDecisionCommand implements Callable<Integer>, Checks.Checked {

    private final Shell shell;
    private final boolean approved;

    @Parameters(index = "0", paramLabel = "RUN", description = "The run's id.")
    private String run = "";

    @Parameters(
            index = "1",
            paramLabel = "STEP[=JSON]",
            description = "The step that asks, as in ok or each[1]/ok, and what its form wants.")
    private String decision = "";

    @Mixin
    private JournalVisit visit = new JournalVisit();

    private RunsDecisionCommand(Shell shell, boolean approved) {
        this.shell = shell;
        this.approved = approved;
    }

    /** The command {@code runs approve}. */
    @Command(name = "approve", description = "Approves what a step of a run asks for.", mixinStandardHelpOptions = true)
    static final class Approve extends RunsDecisionCommand {
        Approve(Shell shell) {
            super(shell, true);
        }
    }

    /** The command {@code runs reject}. */
    @Command(name = "reject", description = "Rejects what a step of a run asks for.", mixinStandardHelpOptions = true)
    static final class Reject extends RunsDecisionCommand {
        Reject(Shell shell) {
            super(shell, false);
        }
    }

    @Override
    public void check(Checks checks) {
        JournalVisit.checkRun(checks, run);
        visit.check(checks, shell);
    }

    @Override
    public Integer call() {
        try (JdbcJournal journal = visit.open(shell)) {
            RunSummary summary = visit.find(journal.catalog(), JournalVisit.id(run));
            RunMessage message = message(journal, summary);
            if (!summary.status().isTerminal()) {
                checkWaiting(journal, summary);
            }
            return new RunsSending(shell, visit, message, "told of the decision").one(journal, run);
        }
    }

    private String step() {
        return decision.split("=", 2)[0];
    }

    private RunMessage message(Journal journal, RunSummary summary) {
        List<Definition> definitions =
                JournalVisit.definition(journal, summary).stream().toList();
        Answers.Decision checked = Answers.decision(definitions, decision, approved);
        return new RunMessage.Decision(step(), approved, "command line", checked.form());
    }

    /** A decision that comes too early is refused by the run, which nobody here would learn of. */
    private void checkWaiting(Journal journal, RunSummary summary) {
        Optional<StepRecord> step =
                Optional.ofNullable(StepRecord.of(journal.read(summary.id())).get(step()));
        if (step.filter(known -> known.status() == StepStatus.WAITING).isEmpty()) {
            String status = step.map(
                            known -> "; its status is " + known.status().text())
                    .orElse("");
            Problem problem = Refusal.problem(
                    EngineException.NOT_WAITING,
                    "STEP",
                    "step '" + step() + "' of run '" + run + "' does not wait for a decision" + status,
                    "see what it waits for with 'auterity runs show " + run + " --journal " + visit.name() + "'");
            throw new Refusal("the decision", List.of(problem));
        }
    }
}
