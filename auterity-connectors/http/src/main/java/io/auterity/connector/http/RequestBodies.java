package io.auterity.connector.http;

import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.definition.Json;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.MediaType;
import okhttp3.MultipartBody;
import okhttp3.RequestBody;
import okio.BufferedSink;
import org.jspecify.annotations.Nullable;

/** Bodies of requests. */
final class RequestBodies {

    private static final Set<String> NEEDS_BODY = Set.of("POST", "PUT", "PATCH");
    private static final Set<String> ONCE = Set.of("POST", "PATCH");

    private RequestBodies() {}

    /** Returns the body of a request, or null when it has none. */
    static @Nullable RequestBody of(HttpInput input, Headers headers) {
        String method = input.method().orElse("GET");
        Optional<RequestBody> body = content(input, headers.get("Content-Type"));
        if (body.isEmpty()) {
            return NEEDS_BODY.contains(method) ? once(RequestBody.create(new byte[0]), method) : null;
        }
        return once(body.get(), method);
    }

    private static Optional<RequestBody> content(HttpInput input, @Nullable String written) {
        if (input.json().isPresent()) {
            return Optional.of(
                    RequestBody.create(Json.writeBytes(input.json().get()), type("application/json", written)));
        }
        if (input.form().isPresent()) {
            return Optional.of(
                    RequestBody.create(form(input.form().get()), type("application/x-www-form-urlencoded", written)));
        }
        if (input.multipart().isPresent()) {
            return Optional.of(multipart(input.multipart().get()));
        }
        return input.body().map(body -> plain(body, written));
    }

    /** The application/x-www-form-urlencoded serializer of the URL standard, section 5.2. */
    private static byte[] form(Map<String, Object> fields) {
        StringBuilder form = new StringBuilder();
        Fields.forEach(
                "form field",
                fields,
                (name, text) -> form.append(form.isEmpty() ? "" : "&")
                        .append(URLEncoder.encode(name, StandardCharsets.UTF_8))
                        .append('=')
                        .append(URLEncoder.encode(text, StandardCharsets.UTF_8)));
        return form.toString().getBytes(StandardCharsets.US_ASCII);
    }

    private static RequestBody plain(Object body, @Nullable String written) {
        if (body instanceof String text) {
            return RequestBody.create(
                    text.getBytes(StandardCharsets.UTF_8), type("text/plain; charset=utf-8", written));
        }
        if (body instanceof Map<?, ?> map && map.size() == 1 && map.get("base64") instanceof String encoded) {
            try {
                return RequestBody.create(
                        Base64.getDecoder().decode(encoded), type("application/octet-stream", written));
            } catch (IllegalArgumentException e) {
                throw new StepException(
                                Failure.INVALID_INPUT, "invalid input at /body/base64: this is no base64", false)
                        .causedBy(e);
            }
        }
        throw new StepException(
                Failure.INVALID_INPUT,
                "invalid input at /body: expected a text or {base64: ...}; use 'json' to send a value as JSON",
                false);
    }

    private static MediaType type(String otherwise, @Nullable String written) {
        return media(written == null ? otherwise : written);
    }

    private static MediaType media(String text) {
        MediaType type = MediaType.parse(text);
        if (type == null || !HeaderText.isValue(text)) {
            throw new StepException(Failure.INVALID_INPUT, "invalid input: the content type is no media type", false);
        }
        return type;
    }

    private static RequestBody multipart(List<HttpInput.Part> parts) {
        if (parts.isEmpty()) {
            throw new StepException(Failure.INVALID_INPUT, "invalid input at /multipart: there is no part", false);
        }
        MultipartBody.Builder builder = new MultipartBody.Builder().setType(MultipartBody.FORM);
        for (HttpInput.Part part : parts) {
            builder.addFormDataPart(part.name(), part.filename().orElse(null), part(part));
        }
        return builder.build();
    }

    private static RequestBody part(HttpInput.Part part) {
        if (part.json().isPresent()) {
            return RequestBody.create(
                    Json.writeBytes(part.json().get()), media(part.contentType().orElse("application/json")));
        }
        if (part.base64().isPresent()) {
            return RequestBody.create(
                    part.base64().get(), media(part.contentType().orElse("application/octet-stream")));
        }
        byte[] text = part.text().orElseThrow().getBytes(StandardCharsets.UTF_8);
        return RequestBody.create(
                text, part.contentType().map(RequestBodies::media).orElse(null));
    }

    /** A body whose sending the client must not repeat by itself: every try of such a request is the engine's. */
    private static RequestBody once(RequestBody body, String method) {
        if (!ONCE.contains(method)) {
            return body;
        }
        return new RequestBody() {
            @Override
            public @Nullable MediaType contentType() {
                return body.contentType();
            }

            @Override
            public long contentLength() throws IOException {
                return body.contentLength();
            }

            @Override
            public void writeTo(BufferedSink sink) throws IOException {
                body.writeTo(sink);
            }

            @Override
            public boolean isOneShot() {
                return true;
            }
        };
    }
}
