package io.auterity.relay.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.definition.Json;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** What every embedder keeps to, and what a provider makes of it. */
public abstract class EmbedderContract {

    private static final List<String> TEXTS =
            List.of("The cat sits on the mat.", "Interest rates rose again.", "", "The cat sits on the mat.");

    /** Returns the embedder, which is not closed here. */
    protected abstract Embedder embedder();

    @Test
    void every_text_has_a_vector_of_the_same_length() {
        List<float[]> vectors = embedder().embed(TEXTS);
        assertThat(vectors)
                .hasSize(TEXTS.size())
                .allSatisfy(vector ->
                        assertThat(vector).hasSameSizeAs(vectors.get(0)).isNotEmpty());
    }

    @Test
    void a_text_has_the_same_vector_whatever_is_beside_it() {
        List<float[]> together = embedder().embed(TEXTS);
        for (int i = 0; i < TEXTS.size(); i++) {
            assertThat(embedder().embed(List.of(TEXTS.get(i))).get(0)).containsExactly(together.get(i));
        }
        assertThat(together.get(0)).containsExactly(together.get(3)).isNotEqualTo(together.get(1));
    }

    @Test
    void sixty_four_threads_get_what_one_gets() throws Exception {
        List<float[]> alone = embedder().embed(TEXTS);
        ExecutorService threads = Executors.newFixedThreadPool(64);
        try {
            List<Callable<List<float[]>>> calls = new ArrayList<>();
            for (int i = 0; i < 64; i++) {
                calls.add(() -> embedder().embed(TEXTS));
            }
            for (Future<List<float[]>> call : threads.invokeAll(calls)) {
                assertThat(call.get()).usingRecursiveComparison().isEqualTo(alone);
            }
        } finally {
            threads.shutdown();
        }
    }

    private ProviderAnswer call(Prompt prompt, Cancellation cancellation) {
        Deployment deployment = new Deployment("here", ModelName.of("local/model"), "", ServiceTier.STANDARD);
        return Embedder.provider(embedder())
                .call(new ProviderCall(deployment, prompt, 0, false, Duration.ofSeconds(30), cancellation), Sink.NONE);
    }

    private ProviderAnswer call(Map<String, Object> body) {
        return call(Prompt.of("any").writtenAs(new Original(Protocol.EMBEDDINGS, body)), new Cancellation());
    }

    @Test
    void a_provider_answers_as_openai_does() {
        float[] vector = embedder().embed(List.of("one text")).get(0);
        ProviderAnswer numbers = call(Map.of("input", "one text", "dimensions", (long) vector.length));
        ProviderAnswer bytes = call(Map.of("input", List.of("one text"), "encoding_format", "base64"));
        assertThat(Embeddings.vectors(numbers))
                .hasSize(1)
                .allSatisfy(one -> assertThat(one).containsExactly(vector));
        assertThat(Embeddings.vectors(bytes))
                .hasSize(1)
                .allSatisfy(one -> assertThat(one).containsExactly(vector));
        assertThat(bytes.written().orElseThrow().json()).doesNotContain("[0.", "[-0.");
        long tokens = embedder().tokens(List.of("one text")).orElse(0);
        assertThat(numbers.usage()).contains(Usage.of(tokens, 0));
        Map<?, ?> written =
                (Map<?, ?>) Json.read(numbers.written().orElseThrow().json());
        assertThat(written.get("object")).isEqualTo("list");
        assertThat(written.get("model")).isEqualTo("model");
        assertThat(written.get("usage")).isEqualTo(Map.of("prompt_tokens", tokens, "total_tokens", tokens));
    }

    @Test
    void a_provider_refuses_what_it_cannot_do() {
        long other = embedder().embed(List.of("a")).get(0).length + 1L;
        assertThatThrownBy(() -> call(Map.of("input", "a", "dimensions", other)))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.REQUEST))
                .hasMessage("its vectors have " + (other - 1) + " dimensions, not " + other);
        assertThatThrownBy(() -> call(Map.of("input", List.of(List.of(1L, 2L)))))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.REQUEST))
                .hasMessage("it takes texts, not tokens");
        assertThatThrownBy(() -> call(Prompt.of("chat with me"), new Cancellation()))
                .isInstanceOfSatisfying(
                        ProviderException.class, e -> assertThat(e.errorClass()).isEqualTo(ErrorClass.NOT_FOUND))
                .hasMessage("it only makes vectors");
    }
}
