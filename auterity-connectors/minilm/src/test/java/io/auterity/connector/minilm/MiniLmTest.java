package io.auterity.connector.minilm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.EmbedderProvider;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import io.auterity.testkit.OwnProcess;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model all-MiniLM-L6-v2 in this process. */
class MiniLmTest {

    private static final MiniLm MINI = MiniLm.open();

    @AfterAll
    static void close() {
        MINI.close();
    }

    private static float[] vector(String text) {
        return MINI.embed(List.of(text)).get(0);
    }

    private static double cosine(float[] a, float[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += (double) a[i] * b[i];
        }
        return sum;
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "The cat sits on the mat. | A kitten is resting on a rug. | Interest rates rose again in March.",
                "How do I reset my password? | I forgot my login credentials. | Which colours does the car come in?",
                "My order has not arrived. | Where is the parcel I bought? | The weather is lovely today.",
                "Python is a programming language. | Java is used to write software. | Snakes eat mice.",
            })
    void sentences_that_mean_the_same_are_closer_than_others(String one, String same, String other) {
        assertThat(cosine(vector(one), vector(same))).isGreaterThan(cosine(vector(one), vector(other)) + 0.2);
    }

    @Test
    void a_vector_has_384_numbers_and_the_length_1() {
        assertThat(vector("a text")).hasSize(MiniLm.DIMENSIONS).hasSize(384);
        assertThat(cosine(vector("a text"), vector("a text"))).isCloseTo(1, within(1e-5));
    }

    /** Kinds of processors differ in the last of eight bits. */
    @Test
    void a_sentence_has_the_vector_that_it_always_had() {
        assertThat(vector("The cat sits on the mat."))
                .startsWith(
                        new float[] {0.1230f, -0.0181f, -0.0201f, 0.0361f, -0.0386f, 0.0381f, 0.0447f, 0.0284f},
                        within(0.03f)); // processors round the products of small numbers differently
    }

    /** Up to 128 tokens, where it cuts. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "The cat sits on the mat.",
                "x",
                "Crème brûlée costs 7.50 €, they say; 北京!",
                "One sentence. Another one, which is somewhat longer than the first. And a third (in brackets)."
            })
    void langchain4j_makes_the_same_vector_of_a_text(String text) {
        assertThat(vector(text)).containsExactly(Reference.vector(text), within(1e-5f));
        String longer = text + " " + "and so on ".repeat(30);
        assertThat(vector(longer)).containsExactly(Reference.vector(longer), within(1e-5f));
    }

    @Test
    void an_empty_text_has_a_vector_too() {
        assertThat(vector("")).containsExactly(vector(" \n"));
        assertThat(cosine(vector(""), vector(""))).isCloseTo(1, within(1e-5));
    }

    /** Each "a" is a token; two are the begin and the end. */
    @Test
    void a_text_of_256_tokens_is_taken_and_a_longer_one_refused() {
        assertThat(vector("a ".repeat(253))).hasSize(384).isNotEqualTo(vector("a ".repeat(254)));
        assertThat(vector("a ".repeat(254))).hasSize(384);
        for (int length : new int[] {255, 256, 1_000_000}) {
            assertThatThrownBy(() -> MINI.embed(List.of("short", "a ".repeat(length))))
                    .isInstanceOfSatisfying(
                            ProviderException.class,
                            e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.CONTEXT))
                    .hasMessage(
                            "longer than the 256 tokens that all-minilm-l6-v2-q takes: text 1; embed parts instead");
        }
        assertThatThrownBy(() -> vector("!".repeat(255))).isInstanceOf(ProviderException.class);
    }

    @Test
    void all_texts_that_are_too_long_are_told_at_once_up_to_twenty() {
        String much = "a ".repeat(255);
        assertThatThrownBy(() -> MINI.embed(List.of(much, "short", much)))
                .hasMessage("longer than the 256 tokens that all-minilm-l6-v2-q takes: text 0, text 2; embed parts"
                        + " instead");
        assertThatThrownBy(() -> MINI.embed(Collections.nCopies(20, much)))
                .hasMessageContaining("text 18, text 19; embed");
        assertThatThrownBy(() -> MINI.embed(Collections.nCopies(23, much)))
                .hasMessageContaining("text 18, text 19 and 3 more; embed");
    }

    @Test
    void a_long_text_of_nothing_is_short() {
        assertThat(vector(" ".repeat(1_000_000))).containsExactly(vector(""));
        assertThat(vector("\u0000".repeat(1_000_000) + "a")).containsExactly(vector("a"));
        assertThat(vector("a".repeat(1_000_000))).containsExactly(vector("b".repeat(101))); // unknown words, both
    }

    @Test
    void a_call_that_is_cancelled_ends_before_its_next_text() {
        Cancellation cancellation = new Cancellation();
        cancellation.cancel();
        assertThatThrownBy(() -> MINI.embed(List.of("a"), cancellation))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.CANCELLED));
    }

    @Test
    void a_thread_that_is_interrupted_does_not_wait_for_its_turn() {
        Thread.currentThread().interrupt();
        assertThatThrownBy(() -> vector("a"))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.CANCELLED));
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void at_least_one_text_goes_through_at_a_time() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MiniLm.open(0))
                .withMessage("maxConcurrent is 1 or more, not 0");
    }

    @Test
    void what_is_closed_takes_no_more_texts() {
        MiniLm never = MiniLm.open();
        never.close();
        never.close();
        assertThatIllegalStateException()
                .isThrownBy(() -> never.embed(List.of("a")))
                .withMessage("this MiniLm is closed");
    }

    @RepeatedTest(3)
    void closing_waits_for_the_texts_that_are_in_the_model() throws Exception {
        float[] right = vector("a text that takes a moment ".repeat(20));
        MiniLm mini = MiniLm.open(2);
        mini.embed(List.of("load it"));
        CountDownLatch begun = new CountDownLatch(4);
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Future<Integer>> calls = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                calls.add(threads.submit(() -> {
                    begun.countDown();
                    int done = 0;
                    try {
                        while (true) {
                            assertThat(mini.embed(List.of("a text that takes a moment ".repeat(20)))
                                            .get(0))
                                    .containsExactly(right);
                            done++;
                        }
                    } catch (IllegalStateException closed) {
                        assertThat(closed).hasMessage("this MiniLm is closed");
                        return done;
                    }
                }));
            }
            begun.await();
            mini.close();
            for (Future<Integer> call : calls) {
                assertThat(call.get()).isNotNegative();
            }
        } finally {
            threads.shutdown();
        }
    }

    @Test
    void where_the_model_cannot_run_the_first_text_says_so(@TempDir Path folder) throws Exception {
        Path told = folder.resolve("told");
        Process process = OwnProcess.start(List.of("-Dos.arch=riscv64"), UnknownPlatform.class, told);
        try {
            assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        try (Stream<String> lines = Files.lines(told)) {
            List<String> all = lines.toList();
            assertThat(all).hasSize(3).startsWith("opened");
            assertThat(all.get(1))
                    .startsWith("NOT_FOUND all-minilm-l6-v2-q cannot be loaded on Linux riscv64: ")
                    .contains("riscv64")
                    .doesNotContain("Exception", "Error:")
                    .endsWith(
                            "; ONNX Runtime is there for Linux (x64, aarch64), macOS (x64, aarch64) and Windows (x64)");
            assertThat(all.get(2)).isEqualTo(all.get(1));
        }
    }

    @Test
    void the_class_path_offers_it_by_name() {
        assertThat(EmbedderProvider.installed()).singleElement().satisfies(found -> {
            assertThat(found.name()).isEqualTo("minilm");
            assertThat(found.model()).isEqualTo(MiniLm.MODEL);
            assertThat(found.contextTokens()).isEqualTo(2_048 * 256);
            found.open().close();
        });
    }

    /** Newer releases of ONNX Runtime carry a client that reports to this address. */
    @ParameterizedTest
    @ValueSource(strings = {"linux-x64/libonnxruntime.so", "osx-aarch64/libonnxruntime.dylib"})
    void the_native_library_knows_nobody_to_report_to(String library) throws Exception {
        try (InputStream stream = MiniLm.class.getResourceAsStream("/ai/onnxruntime/native/" + library)) {
            assertThat(new String(stream.readAllBytes(), StandardCharsets.ISO_8859_1))
                    .contains("OrtGetApiBase")
                    .doesNotContain("events.data.microsoft.com");
        }
    }
}
