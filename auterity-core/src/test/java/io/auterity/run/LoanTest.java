package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.compile.Compiler;
import io.auterity.definition.DefinitionReader;
import io.auterity.journal.StepStatus;
import io.auterity.plan.ComputeException;
import io.auterity.plan.Plan;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A plain step that is stopped while its loop is lent. */
class LoanTest {

    private static final Bindings NOTHING =
            new Bindings(List.of(), List.of(), name -> Optional.empty(), new NoChildren(), new Pace());

    private final Plan plan =
            Compiler.builder().build().compile(new DefinitionReader().read("""
                auterity: 1
                id: flow
                steps: {many: {value: 1000}, sum: {value: "${{ range(steps.many.output).map(i, i * i).sum() }}"}}
                """).definition());

    @Test
    @SuppressWarnings("NullAway") // neither the run nor the loop is asked
    void what_a_stopped_step_computes_ends_early() {
        Frame frame = new Frame(null, plan.graph(), null, 0, null);
        Loan loan = new Loan();
        frame.become(0, StepStatus.SUCCEEDED);
        frame.keepOutput(0, 1000L);
        loan.begin(frame, 1, 1);
        assertThat(loan.isCancelled()).isFalse();
        assertThat(Work.performPlain(loan, NOTHING)).isEqualTo(332_833_500L);

        Attempt attempt =
                new Attempt(new Activity(frame, 1, plan.graph().node(1).body(), Activity.Phase.STEP), null);
        loan.taken(attempt);
        assertThat(loan.isCancelled()).as("a taker only sees to it").isFalse();
        attempt.stop();
        assertThat(loan.isCancelled()).isTrue();
        assertThatThrownBy(() -> Work.performPlain(loan, NOTHING))
                .isInstanceOf(ComputeException.class)
                .hasMessageContaining("the evaluation was cancelled");
    }
}
