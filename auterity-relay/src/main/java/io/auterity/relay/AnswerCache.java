package io.auterity.relay;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers answers, so that what is asked again costs nothing.
 *
 * <p>An exact cache answers the same question: the same prompt with the same parameters, of the same models, under the same
 * rules. A semantic cache also answers a question that means the same: everything around the last message is the same, and
 * that message is similar by its vector and has the same numbers in it. Either way it is a question of the same tenant: no
 * tenant is ever answered with what another one asked.
 *
 * <p>Only calls without side effects are answered from it, and only answers that ended as they should are kept. Memory is
 * bounded by {@code maxBytes}, about; what has not been used lately makes room. Thread-safe.
 */
public final class AnswerCache {

    /** How long an answer is kept unless said otherwise. */
    public static final Duration DEFAULT_TTL = Duration.ofHours(1);

    /** How much memory is used unless said otherwise: 64 MiB. */
    public static final long DEFAULT_MAX_BYTES = 64L * 1024 * 1024;

    /** How near two vectors are that mean the same, unless said otherwise: a cosine of 0.95. */
    public static final double DEFAULT_SIMILARITY = 0.95;

    /** How many similar questions are compared with. */
    private static final int MOST_IN_FRAME = 256;

    private static final Pattern NUMBER = Pattern.compile("\\p{Nd}+");

    private static final Logger LOG = LoggerFactory.getLogger(AnswerCache.class);

    private final InstantSource clock;
    private final Duration ttl;
    private final Cache<String, StoredAnswer> exact;
    private final Cache<String, List<Similar>> frames;
    private final @Nullable Embedder embedder;
    private final double similarity;
    private final AtomicBoolean isWarned = new AtomicBoolean();

    /** A question in a frame, and its answer. */
    private record Similar(float[] vector, List<String> numbers, Instant until, StoredAnswer answer) {
        private int bytes() {
            return vector.length * Float.BYTES + answer.bytes();
        }
    }

    private AnswerCache(
            InstantSource clock, Duration ttl, long maxBytes, @Nullable Embedder embedder, double similarity) {
        if (ttl.isNegative() || ttl.isZero() || maxBytes < 1) {
            throw new IllegalArgumentException("ttl and maxBytes are above zero");
        }
        if (!(similarity > 0 && similarity <= 1)) { // NaN is refused, too
            throw new IllegalArgumentException("a similarity is above 0 and at most 1, not " + similarity);
        }
        this.clock = clock;
        this.ttl = ttl;
        this.embedder = embedder;
        this.similarity = similarity;
        exact = bounded(clock, ttl, embedder == null ? maxBytes : maxBytes / 2)
                .<String, StoredAnswer>weigher((key, answer) -> answer.bytes())
                .build();
        frames = bounded(clock, ttl, maxBytes / 2)
                .<String, List<Similar>>weigher((key, all) -> (int) Math.min(
                        Integer.MAX_VALUE,
                        all.stream().mapToLong(Similar::bytes).sum()))
                .build();
    }

    private static Caffeine<Object, Object> bounded(InstantSource clock, Duration ttl, long maxBytes) {
        return Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .expireAfterWrite(ttl)
                .executor(Runnable::run) // room is made by whoever needs it
                .ticker(() -> TimeUnit.SECONDS.toNanos(clock.instant().getEpochSecond())
                        + clock.instant().getNano());
    }

    /**
     * Makes a cache for the same questions.
     *
     * @param clock the time
     * @param ttl how long an answer is kept, above zero
     * @param maxBytes about how much memory is used at most, above zero
     * @return the cache
     */
    public static AnswerCache exact(InstantSource clock, Duration ttl, long maxBytes) {
        return new AnswerCache(clock, ttl, maxBytes, null, 1);
    }

    /**
     * Makes a cache for the same questions and for similar ones.
     *
     * @param clock the time
     * @param ttl how long an answer is kept, above zero
     * @param maxBytes about how much memory is used at most, above zero
     * @param embedder makes the vectors that questions are compared by, in this process
     * @param similarity the least cosine of two vectors that mean the same, above 0 and at most 1; it depends on the embedder,
     *     and {@link #DEFAULT_SIMILARITY} is careful for most. A question of which the embedder makes no vector, because it is
     *     too long, say, is only compared with the same
     * @return the cache
     */
    public static AnswerCache semantic(
            InstantSource clock, Duration ttl, long maxBytes, Embedder embedder, double similarity) {
        return new AnswerCache(clock, ttl, maxBytes, Objects.requireNonNull(embedder, "embedder"), similarity);
    }

    /** Begins to look for an answer. */
    Search search(Question question) {
        return new Search(question);
    }

    /** A question, whose vector is made when it is needed, and not twice. Confined to one thread. */
    final class Search {

        private final Question question;
        private @Nullable Optional<float[]> vector;

        private Search(Question question) {
            this.question = question;
        }

        /** Finds an answer. */
        Optional<StoredAnswer> find() {
            StoredAnswer same = exact.getIfPresent(question.exact());
            return same == null ? similar() : Optional.of(same);
        }

        private Optional<StoredAnswer> similar() {
            List<Similar> known = question.frame().map(frames::getIfPresent).orElse(List.of());
            if (known.isEmpty() || vector().isEmpty()) {
                return Optional.empty();
            }
            Instant now = clock.instant();
            List<String> numbers = numbers(question.text());
            Similar best = null;
            double least = similarity;
            for (Similar one : known) {
                double cosine = cosine(vector().get(), one.vector());
                if (cosine >= least && one.numbers().equals(numbers) && now.isBefore(one.until())) {
                    best = one;
                    least = cosine;
                }
            }
            return Optional.ofNullable(best).map(Similar::answer);
        }

        /** Keeps the answer that was not found, unless it is too large. */
        void keep(StoredAnswer answer) {
            if (answer.bytes() > StoredAnswer.MOST_BYTES) {
                return;
            }
            exact.put(question.exact(), answer);
            question.frame()
                    .ifPresent(frame -> vector().map(found -> new Similar(
                                    found,
                                    numbers(question.text()),
                                    clock.instant().plus(ttl),
                                    answer))
                            .ifPresent(similar -> frames.asMap().merge(frame, List.of(similar), (before, added) -> {
                                List<Similar> all = new ArrayList<>(before);
                                all.removeIf(one -> !clock.instant().isBefore(one.until()));
                                all.addAll(added);
                                return List.copyOf(all.subList(Math.max(0, all.size() - MOST_IN_FRAME), all.size()));
                            })));
        }

        /** Nothing if the embedder makes none, of a text that is too long for it, say: then questions are the same or not. */
        private Optional<float[]> vector() {
            Optional<float[]> known = vector;
            if (known == null) {
                known = embedder == null ? Optional.empty() : AnswerCache.this.vector(embedder, question.text());
                vector = known;
            }
            return known;
        }
    }

    /** Numbers mean what they are, however close the vectors of two texts: order 17 is not order 18. */
    private static List<String> numbers(String text) {
        List<String> all = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(text);
        while (matcher.find()) {
            all.add(matcher.group());
        }
        return all;
    }

    private Optional<float[]> vector(Embedder embedder, String text) {
        try {
            return Optional.of(embedder.embed(List.of(text)).get(0));
        } catch (ProviderException e) {
            if (e.errorClass() != ErrorClass.CONTEXT && !isWarned.getAndSet(true)) {
                LOG.warn("a question was not compared by its meaning, which is said once: {}", e.getMessage());
            }
            return Optional.empty();
        }
    }

    private static double cosine(float[] a, float[] b) {
        if (a.length != b.length) {
            return -1;
        }
        double dot = 0;
        double ofA = 0;
        double ofB = 0;
        for (int i = 0; i < a.length; i++) {
            dot += (double) a[i] * b[i];
            ofA += (double) a[i] * a[i];
            ofB += (double) b[i] * b[i];
        }
        return ofA == 0 || ofB == 0 ? -1 : dot / Math.sqrt(ofA * ofB);
    }
}
