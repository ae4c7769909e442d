package io.auterity.relay.provider;

import java.io.EOFException;
import java.io.IOException;
import java.util.Optional;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/**
 * Reads server-sent events (WHATWG HTML, section 9.2): the data of each, its lines joined. Names, ids and comments are
 * left out, because the providers repeat in the data what they say with them. Confined to one thread.
 */
final class EventStream {

    private final BufferedSource source;
    private long bytesLeft;

    EventStream(BufferedSource source, long maxBytes) {
        this.source = source;
        bytesLeft = maxBytes;
    }

    /** Returns the data of the next event, or empty at the end; an event that the end cuts off is none. */
    Optional<String> next() throws IOException {
        StringBuilder data = new StringBuilder();
        boolean hasData = false;
        while (true) {
            String line = line();
            if (line == null) {
                return Optional.empty();
            }
            if (line.isEmpty()) {
                if (hasData) {
                    return Optional.of(data.toString());
                }
            } else if (line.startsWith("data:")) {
                String value = line.substring("data:".length());
                data.append(hasData ? "\n" : "").append(value.startsWith(" ") ? value.substring(1) : value);
                hasData = true;
            }
        }
    }

    private @Nullable String line() throws IOException {
        if (source.exhausted()) {
            return null;
        }
        try {
            String line = source.readUtf8LineStrict(bytesLeft);
            bytesLeft -= line.length() + 1L;
            if (bytesLeft < 0) {
                throw tooLong();
            }
            return line;
        } catch (EOFException e) {
            if (source.request(bytesLeft + 1)) {
                throw tooLong();
            }
            return null; // the last line has no end
        }
    }

    private static ProviderException tooLong() {
        return new ProviderException(ErrorClass.MALFORMED, "the stream is longer than the limit");
    }
}
