package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.journal.InMemoryJournal;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The sample of {@code docs/queues.md} does what it says. */
class MailQueueTest {

    @Test
    void a_queued_mail_is_sent() {
        assertThat(MailQueue.welcome(new InMemoryJournal(), mail -> "receipt for " + mail.to()))
                .isEqualTo("receipt for kim@example.com");
    }

    @Test
    void the_manual_shows_this_code() {
        List<MatchResult> blocks = Pattern.compile("<!-- from (\\S+) -->\n```java\n(.*?)\n```\n", Pattern.DOTALL)
                .matcher(Repository.read("docs/queues.md"))
                .results()
                .toList();
        assertThat(blocks).hasSize(1);
        assertThat(Repository.read(blocks.get(0).group(1)).lines().map(String::strip))
                .containsSequence(
                        blocks.get(0).group(2).lines().map(String::strip).toList());
    }
}
