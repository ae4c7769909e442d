package io.auterity.connector.http;

import io.auterity.connector.Describe;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What a step writes under {@code with}; flat, and so long, because it is what users type. */
@Describe("A request to an HTTP service. At most one of json, form, body and multipart is given.")
record HttpInput(
        @Describe(
                value = "The method; GET when not written.",
                oneOf = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
        Optional<String> method,

        @Describe("The absolute http or https address, without user name and password.")
        String url,

        @Describe("Headers by name; a list sends several of one name, null sends none.")
        Optional<Map<String, Object>> headers,

        @Describe("Parameters added to the address; a list adds several of one name, null adds none.")
        Optional<Map<String, Object>> query,

        @Describe("A value sent as JSON.") Optional<Object> json,

        @Describe("Fields sent as application/x-www-form-urlencoded; a list sends several of one name.")
        Optional<Map<String, Object>> form,

        @Describe("A text sent as it is, or {base64: ...} for bytes; say what it is with the header Content-Type.")
        Optional<Object> body,

        @Describe("Parts sent as multipart/form-data.") Optional<List<Part>> multipart,

        @Describe("The name of the credential to send; kinds: bearer, basic, header, query.")
        Optional<String> auth,

        @Describe(
                value = "The most bytes of the response body, after decompression; 10485760 when not written.",
                minimum = 1)
        Optional<Long> maxBytes,

        @Describe("Statuses of 400 and above that do not fail the step.")
        Optional<List<Integer>> acceptStatus,

        @Describe("A JSON Schema that the response body must satisfy.")
        Optional<Map<String, Object>> responseSchema,

        @Describe("The proxy to go through.") Optional<HttpProxy> proxy,

        @Describe(
                value = "The most redirects to follow; 5 when not written, 0 to get the redirect itself.",
                minimum = 0)
        Optional<Integer> maxRedirects) {

    /** A part of a multipart body. */
    @Describe("A part of a multipart body. One of text, json and base64 is given.")
    record Part(
            @Describe("The field's name.") String name,

            @Describe("The file's name, when the part is a file.")
            Optional<String> filename,

            @Describe("The media type of the part.") Optional<String> contentType,
            @Describe("The content as text.") Optional<String> text,

            @Describe("The content as a value sent as JSON.")
            Optional<Object> json,

            @Describe("The content as bytes.") Optional<byte[]> base64) {

        Part {
            long contents =
                    Stream.of(text, json, base64).filter(Optional::isPresent).count();
            if (contents != 1) {
                throw new IllegalArgumentException("a part has exactly one of text, json and base64, not " + contents);
            }
        }
    }

    HttpInput {
        long bodies = Stream.of(json, form, body, multipart)
                .filter(Optional::isPresent)
                .count();
        if (bodies > 1) {
            throw new IllegalArgumentException("at most one of json, form, body and multipart may be given");
        }
        String name = method.orElse("GET");
        if (bodies > 0 && (name.equals("GET") || name.equals("HEAD"))) {
            throw new IllegalArgumentException("a " + name + " request has no body; use POST, or leave the body out");
        }
    }
}
