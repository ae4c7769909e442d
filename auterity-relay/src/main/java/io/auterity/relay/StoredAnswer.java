package io.auterity.relay;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderEvent;
import io.auterity.relay.provider.Sink;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * An answer as a cache keeps it.
 *
 * @param deployment who gave it
 * @param answer the answer
 * @param pieces what was delivered, in order, if it was a stream
 * @param bytes about how much memory it takes
 */
record StoredAnswer(Deployment deployment, ProviderAnswer answer, List<Consumer<Sink>> pieces, int bytes) {

    /** An answer that takes more is not kept. */
    static final int MOST_BYTES = 1024 * 1024;

    /** What an answer takes beside its texts. */
    private static final int OVERHEAD = 500;

    /** What ended as it should; the others may come out better another time. */
    private static final Set<String> WHOLE = Set.of("stop", "tool_calls");

    StoredAnswer {
        pieces = List.copyOf(pieces);
    }

    static boolean isWhole(ProviderAnswer answer) {
        return WHOLE.contains(answer.finishReason());
    }

    /** Delivers a stream again. */
    void replay(Sink sink) {
        pieces.forEach(piece -> piece.accept(sink));
    }

    /** Passes a stream on, and keeps it. Confined to the thread of its call. */
    static final class Recording implements Sink {

        private final Sink sink;
        private final List<Consumer<Sink>> pieces = new ArrayList<>();
        private long bytes = OVERHEAD;

        Recording(Sink sink) {
            this.sink = sink;
        }

        /** What was recorded, as long as it is not too much. */
        StoredAnswer of(Deployment deployment, ProviderAnswer answer) {
            long all = bytes
                    + size(answer.text())
                    + answer.written().map(written -> size(written.json())).orElse(0);
            return new StoredAnswer(deployment, answer, pieces, (int) Math.min(all, Integer.MAX_VALUE));
        }

        private void record(int size, Consumer<Sink> piece) {
            bytes += OVERHEAD / 5 + size;
            if (bytes <= MOST_BYTES) {
                pieces.add(piece);
            }
            piece.accept(sink);
        }

        private static int size(String text) {
            return text.getBytes(StandardCharsets.UTF_8).length;
        }

        @Override
        public void begin(Beginning beginning) {
            sink.begin(beginning);
        }

        @Override
        public void continued(Beginning beginning) {
            sink.continued(beginning); // such an answer is not kept
        }

        @Override
        public void stopped() {
            sink.stopped(); // such an answer is not kept
        }

        @Override
        public void end() {
            record(0, Sink::end);
        }

        @Override
        public void event(ProviderEvent event) {
            record(2 * size(event.data()), to -> to.event(event));
        }

        @Override
        public void text(String text) {
            record(size(text), to -> to.text(text));
        }

        @Override
        public void reasoning(String text) {
            record(size(text), to -> to.reasoning(text));
        }

        @Override
        public void tool(int index, String id, String name, String arguments) {
            record(size(name) + size(arguments), to -> to.tool(index, id, name, arguments));
        }

        @Override
        public void usage(Usage usage) {
            record(0, to -> to.usage(usage));
        }
    }
}
