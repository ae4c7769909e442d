package io.auterity.connector.http;

import io.auterity.connector.Describe;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What the step's output is. */
@Describe("The response of an HTTP service.")
record HttpOutput(
        @Describe("The status, as 200.") int status,

        @Describe("The headers by lower-case name; several of one name are joined by a comma.")
        Map<String, String> headers,

        @Describe(
                "The body: a value when it is JSON, a text, {base64: ...} when it is neither, null when there is none.")
        @Nullable
        Object body) {}
