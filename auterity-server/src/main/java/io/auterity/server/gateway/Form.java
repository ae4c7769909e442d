package io.auterity.server.gateway;

import io.auterity.relay.Reply;
import java.util.Map;

/** One interface: how its requests are read, and its answers, streams and errors written. Stateless and thread-safe. */
interface Form {

    /** The most tokens that a request can ask for. */
    long MOST_TOKENS = 10_000_000;

    /**
     * Reads a request.
     *
     * @param body the JSON object of the body
     * @param headers the headers that belong to the interface, by lower-case name
     * @return what it asks
     * @throws Refused if it is wrong
     */
    Inquiry read(Fields body, Map<String, String> headers);

    /**
     * Writes a whole answer.
     *
     * @param reply the answer
     * @param mark the request's id and time
     * @return a JSON text; what the provider wrote if it speaks this interface
     */
    String whole(Reply reply, Mark mark);

    /**
     * Starts to write a stream.
     *
     * @param out takes its events
     * @param inquiry what was asked
     * @param mark the request's id and time
     * @return takes the pieces
     */
    EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark);

    /**
     * Writes an error.
     *
     * @param refused what is wrong
     * @param mark the request's id and time
     * @return a JSON object
     */
    Map<String, Object> error(Refused refused, Mark mark);

    /**
     * What tells one request from another.
     *
     * @param id unique; letters, digits and dashes
     * @param seconds when it came, in seconds of the Unix epoch
     */
    record Mark(String id, long seconds) {}
}
