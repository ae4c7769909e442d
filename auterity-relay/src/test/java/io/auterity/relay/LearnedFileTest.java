package io.auterity.relay;

import static io.auterity.relay.StubServer.says;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import io.auterity.relay.provider.Endpoint;
import io.auterity.relay.quality.LoggedChoice;
import io.auterity.relay.quality.PredictorSettings;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a relay has learned is known after a restart, and no file is ever lost by it. */
class LearnedFileTest {

    private static final String PROMPT =
            "Please tell Jane in Bern a story of a fox and of a dog that both learn to count.";

    @TempDir
    private Path directory;

    private Path file;
    private Office office;

    @BeforeEach
    void open() throws Exception {
        file = directory.resolve("relay.learned");
        office = new Office();
        office.stub.on("first", says("once", 40, 2));
    }

    @AfterEach
    void close() throws Exception {
        office.close();
    }

    private LearnedFile learned() {
        return LearnedFile.open(file, PredictorSettings.DEFAULT, 1_000);
    }

    private Relay relay(LearnedFile learned) {
        return Relay.builder(office.policy(), () -> office.now)
                .provider("openai", office.provider(Endpoint.Dialect.OPENAI, "one"))
                .provider("anthropic", office.provider(Endpoint.Dialect.ANTHROPIC, "one"))
                .provider("local", office.provider(Endpoint.Dialect.OPENAI_COMPATIBLE))
                .learning(learned.learning())
                .tokens(learned.tokens())
                .build();
    }

    /** Two calls, of which one has its score. */
    private LearnedFile taught() {
        LearnedFile learned = learned();
        Relay relay = relay(learned);
        relay.call(office.request(PROMPT));
        relay.call(office.request(PROMPT));
        relay.score("request-1", Optional.of("story"), 0.9);
        return learned;
    }

    @Test
    void scores_choices_and_tokens_are_known_after_a_restart() {
        LearnedFile before = taught();
        assertThat(before.save()).isTrue();

        LearnedFile after = learned();
        assertThat(after.learning().predictor().predict(PROMPT, Optional.empty(), office.now))
                .isEqualTo(before.learning().predictor().predict(PROMPT, Optional.empty(), office.now));
        assertThat(after.learning().predictor().size()).isEqualTo(1);
        assertThat(after.tokens().write())
                .isEqualTo(before.tokens().write())
                .singleElement()
                .asString()
                .contains("openai/first", "40");
        assertThat(after.learning().choices().choices())
                .extracting(LoggedChoice::request, LoggedChoice::chosen, LoggedChoice::score)
                .containsExactly(
                        tuple("request-1", Office.FIRST, Optional.of(0.9)),
                        tuple("request-2", Office.FIRST, Optional.empty()));
        LoggedChoice choice = after.learning().choices().choices().get(1);
        LoggedChoice was = before.learning().choices().choices().get(1);
        assertThat(choice.propensities()).isEqualTo(was.propensities());
        assertThat(choice.predicted()).isEqualTo(was.predicted());
    }

    @Test
    void a_score_that_comes_after_the_restart_teaches_what_the_prompt_was_about() {
        taught().save();
        LearnedFile after = learned();
        Relay relay = relay(after);
        assertThat(relay.score("request-1", Optional.empty(), 0.1)).isFalse();
        assertThat(relay.score("request-2", Optional.of("story"), 0.9)).isTrue();
        assertThat(after.learning()
                        .predictor()
                        .predict(PROMPT, Optional.empty(), office.now)
                        .of(Office.FIRST)
                        .evidence())
                .isGreaterThan(1.5); // both examples are alike
        assertThat(after.save()).isTrue();
        assertThat(learned().learning().predictor().size()).isEqualTo(2);
    }

    @Test
    void prompts_are_not_in_the_file_and_nobody_else_may_read_it() throws Exception {
        taught().save();
        assertThat(Files.readString(file)).doesNotContainIgnoringCase("jane").doesNotContainIgnoringCase("fox");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
        try (var files = Files.list(directory)) {
            assertThat(files).containsExactly(file);
        }
    }

    @Test
    void what_is_in_the_file_already_is_not_written_again() {
        assertThat(learned().save()).isFalse();
        assertThat(file).doesNotExist();
        LearnedFile learned = taught();
        assertThat(learned.save()).isTrue();
        assertThat(learned.save()).isFalse();
        assertThat(learned().save()).isFalse();
    }

    @Test
    void a_damaged_file_is_refused_and_left_as_it_is() throws Exception {
        taught().save();
        byte[] whole = Files.readAllBytes(file);
        List<String> lines = Files.readAllLines(file);
        List<byte[]> damaged = new ArrayList<>();
        for (int end = 0; end < whole.length - 1; end++) { // but for the last line break, which says nothing
            damaged.add(Arrays.copyOf(whole, end));
        }
        for (int missing = 0; missing < lines.size(); missing++) {
            List<String> fewer = new ArrayList<>(lines);
            fewer.remove(missing);
            damaged.add(String.join("\n", fewer).getBytes(StandardCharsets.UTF_8));
        }
        for (String word : List.of("\"words\"", "\"request\"", "\"at\"", "\"scores\"", "\"chosen\"")) {
            damaged.add(String.join("\n", lines).replaceFirst(word, "\"x\"").getBytes(StandardCharsets.UTF_8));
        }
        damaged.add(new byte[] {(byte) 0xff, (byte) 0xfe});
        for (byte[] bytes : damaged) {
            Files.write(file, bytes);
            assertThatThrownBy(this::learned)
                    .as(new String(bytes, StandardCharsets.ISO_8859_1))
                    .isInstanceOfSatisfying(
                            LearnedFileException.class,
                            e -> assertThat(e.code()).isEqualTo(LearnedFileException.UNUSABLE))
                    .hasMessageContaining("what was learned cannot be read from " + file)
                    .hasMessageContaining("fix: put a copy back, or move the file away");
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        }
    }

    @Test
    void a_file_of_a_newer_version_is_refused_and_left_as_it_is() throws Exception {
        String newer = "{\"auterity-learned\":2}\n{\"unheard\":1}\n";
        Files.writeString(file, newer);
        assertThatThrownBy(this::learned)
                .hasMessageContaining("it has the format 2 of a newer version; this one knows 1");
        assertThat(file).hasContent(newer);
    }

    @Test
    void what_cannot_be_written_leaves_the_former_file() throws Exception {
        LearnedFile learned = taught();
        learned.save();
        String before = Files.readString(file);
        Files.createDirectories(directory.resolve("relay.learned.new/in-the-way"));
        relay(learned).call(office.request(PROMPT));
        assertThatThrownBy(learned::save)
                .isInstanceOf(LearnedFileException.class)
                .hasMessageContaining(
                        "what was learned cannot be written to " + file + ": a folder is in the way\n  fix: ");
        assertThat(file).hasContent(before);
        Files.delete(directory.resolve("relay.learned.new/in-the-way"));
        assertThat(learned.save()).isTrue();
        assertThat(learned().learning().choices().choices()).hasSize(3);
    }

    @Test
    void of_more_choices_than_are_remembered_the_last_are_read() {
        taught().save();
        assertThat(LearnedFile.open(file, PredictorSettings.DEFAULT, 1)
                        .learning()
                        .choices()
                        .choices())
                .extracting(LoggedChoice::request)
                .containsExactly("request-2");
    }
}
