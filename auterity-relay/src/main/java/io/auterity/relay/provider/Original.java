package io.auterity.relay.provider;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A call as somebody else wrote it. A provider of the same protocol gets it as it is, fields that this library does not
 * know included; only the model, the limit of the answer and whether it is a stream are set by the relay.
 *
 * @param protocol the interface it was written for
 * @param body the JSON object
 * @param headers what else a provider of this protocol is to be told; printable ASCII
 * @param places for each message of the prompt, which element of the body's conversation it translates, {@link #ELSEWHERE} if
 *     none; empty if nobody knows, which keeps the conversation from being shortened
 */
public record Original(
        Protocol protocol, Map<String, @Nullable Object> body, Map<String, String> headers, List<Integer> places) {

    /** The place of a message that the body has beside the conversation, as the system's words. */
    public static final int ELSEWHERE = -1;

    private static final Pattern PRINTABLE = Pattern.compile("[\\x20-\\x7e]{0,2000}");

    /** Copies the parts and checks the headers. */
    public Original {
        Objects.requireNonNull(protocol, "protocol");
        body = Collections.unmodifiableMap(new LinkedHashMap<>(body));
        headers = Map.copyOf(headers);
        places = List.copyOf(places);
        headers.forEach((name, value) -> {
            if (!PRINTABLE.matcher(value).matches()) {
                throw new IllegalArgumentException("header " + name + " has up to 2000 printable ASCII characters");
            }
        });
    }

    /**
     * Makes one of which nobody knows what its messages translate.
     *
     * @param protocol the interface it was written for
     * @param body the JSON object
     * @param headers what else a provider of this protocol is to be told; printable ASCII
     */
    public Original(Protocol protocol, Map<String, @Nullable Object> body, Map<String, String> headers) {
        this(protocol, body, headers, List.of());
    }

    /**
     * Makes one without headers.
     *
     * @param protocol the interface it was written for
     * @param body the JSON object
     */
    public Original(Protocol protocol, Map<String, @Nullable Object> body) {
        this(protocol, body, Map.of());
    }

    /**
     * Returns a copy with a header.
     *
     * @param name its name
     * @param value its value
     * @return the copy
     * @throws IllegalArgumentException if a header cannot have the value
     */
    public Original header(String name, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(name, value);
        return new Original(protocol, body, more, places);
    }

    /**
     * Returns a copy that says what the messages of the prompt translate.
     *
     * @param elements for each message which element of the conversation, or {@link #ELSEWHERE}
     * @return the copy
     */
    public Original at(List<Integer> elements) {
        return new Original(protocol, body, headers, elements);
    }

    /** Returns a copy that the provider is sent, with what the relay decides. */
    Map<String, Object> with(Map<String, Object> decided) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(body);
        copy.putAll(decided);
        copy.values().removeIf(Objects::isNull); // null means the usual in all four interfaces
        @SuppressWarnings("NullAway") // it has none any more
        Map<String, Object> whole = copy;
        return whole;
    }
}
