package io.auterity.relay.provider;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes calls for embeddings, and reads the vectors of answers. Stateless and thread-safe. */
public final class Embeddings {

    private Embeddings() {}

    /**
     * Writes a call.
     *
     * @param texts at least one
     * @param parameters what else the call says, as {@code dimensions}
     * @return the prompt
     */
    public static Prompt prompt(List<String> texts, Map<String, ? extends @Nullable Object> parameters) {
        Map<String, @Nullable Object> body = new LinkedHashMap<>(parameters);
        body.put("input", List.copyOf(texts));
        body.put("encoding_format", "base64"); // a quarter of what the numbers take in decimals
        return Prompt.of(String.join("\n", texts)).writtenAs(new Original(Protocol.EMBEDDINGS, body));
    }

    /**
     * Says whether a call has tokens by their numbers in place of a text, which nobody but the model can read.
     *
     * @param prompt the call
     * @return whether it has; never of one that is not for vectors
     */
    public static boolean isOfTokens(Prompt prompt) {
        return prompt.original()
                .filter(written -> written.protocol() == Protocol.EMBEDDINGS)
                .map(written -> written.body().get("input"))
                .filter(input -> input instanceof List<?> list && !list.stream().allMatch(String.class::isInstance))
                .isPresent();
    }

    /**
     * Reads the vectors of an answer, whether they are numbers or the bytes of such.
     *
     * @param answer the answer
     * @return the vectors, in the order of the texts
     * @throws ProviderException if it holds none
     */
    public static List<float[]> vectors(ProviderAnswer answer) {
        ProviderAnswer.Written written = answer.written()
                .filter(text -> text.protocol() == Protocol.EMBEDDINGS)
                .orElseThrow(() -> new ProviderException(ErrorClass.MALFORMED, "the answer has no vectors"));
        List<float[]> vectors = new ArrayList<>();
        for (Object item : JsonPath.list(JsonPath.object(written.json()).get("data"))) {
            vectors.add(vector(JsonPath.map(item).get("embedding")));
        }
        return vectors;
    }

    static List<Object> numbers(float[] vector) {
        List<Object> numbers = new ArrayList<>(vector.length);
        for (float number : vector) {
            numbers.add((double) number);
        }
        return numbers;
    }

    static String bytes(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return Base64.getEncoder().encodeToString(bytes.array());
    }

    private static float[] vector(@Nullable Object value) {
        if (value instanceof List<?> numbers && numbers.stream().allMatch(Number.class::isInstance)) {
            float[] vector = new float[numbers.size()];
            for (int i = 0; i < vector.length; i++) {
                vector[i] = ((Number) numbers.get(i)).floatValue();
            }
            return vector;
        }
        try {
            ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(JsonPath.text(value)))
                    .order(ByteOrder.LITTLE_ENDIAN);
            float[] vector = new float[bytes.remaining() / Float.BYTES];
            bytes.asFloatBuffer().get(vector);
            return vector;
        } catch (IllegalArgumentException e) {
            throw new ProviderException(ErrorClass.MALFORMED, "a vector is neither numbers nor bytes");
        }
    }
}
