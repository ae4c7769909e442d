package io.auterity.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.auterity.journal.RunMessage;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Who tells a run something that breaks it gets an answer all the same. */
class BrokenQuestionTest {

    @Test
    void whoever_breaks_a_run_is_told_that_the_engine_lets_go_of_it() {
        CompletableFuture<Optional<String>> answer = new CompletableFuture<>();
        Message.Asked asked = new Message.Asked(null, new RunMessage.Signal("go", null), answer);

        assertThatNullPointerException().isThrownBy(() -> asked.apply(null)); // a run that breaks at the first touch

        assertThat(answer).isCompletedWithValue(Optional.of(RunLoop.LET_GO));
    }
}
