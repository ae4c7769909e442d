package io.auterity.connector.http;

import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import okhttp3.MediaType;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import org.jspecify.annotations.Nullable;

/** Bodies of responses: read up to a limit, then taken for what they are. */
final class ResponseBodies {

    static final String TOO_LARGE = "too-large";

    private static final long CHUNK = 8 * 1024;
    private static final long REPORT_EVERY = 256 * 1024;

    private ResponseBodies() {}

    /** Reads a body as it grows; the limit counts bytes after decompression. */
    static byte[] read(Response response, long maxBytes, StepContext context) throws IOException {
        if (response.request().method().equals("HEAD")) {
            return new byte[0]; // its Content-Length speaks of a body that is not sent
        }
        ResponseBody body = response.body();
        if (body.contentLength() > maxBytes) {
            throw tooLarge(maxBytes);
        }
        BufferedSource source = body.source();
        Buffer read = new Buffer();
        long reported = 0;
        while (source.read(read, Math.min(CHUNK, maxBytes + 1 - read.size())) != -1) {
            if (read.size() > maxBytes) {
                throw tooLarge(maxBytes);
            }
            if (read.size() - reported >= REPORT_EVERY) {
                reported = read.size();
                context.progress(reported, Math.max(0, body.contentLength()), "bytes received");
            }
        }
        return read.readByteArray();
    }

    private static StepException tooLarge(long maxBytes) {
        return new StepException(
                TOO_LARGE,
                "the response body has more than " + maxBytes + " bytes; raise maxBytes, or ask for less",
                false);
    }

    /** Reads the beginning of a body for people, as one line; what cannot be read is left out. */
    static String excerpt(ResponseBody body, int characters) {
        try {
            BufferedSource source = body.source();
            source.request(characters);
            byte[] start = source.getBuffer()
                    .snapshot((int) Math.min(characters, source.getBuffer().size()))
                    .toByteArray();
            return new String(start, StandardCharsets.UTF_8)
                    .replaceAll("[\\p{Cntrl}\\s\\u2028\\u2029\\ufffd]+", " ")
                    .strip();
        } catch (IOException e) {
            return "(unreadable: " + e.getClass().getSimpleName() + ")";
        }
    }

    /** Takes a body for JSON, a text, or bytes as {@code {base64: ...}}; an empty one is null. */
    static @Nullable Object value(byte[] bytes, Response response) {
        if (bytes.length == 0) {
            return null;
        }
        MediaType type = response.body().contentType();
        Charset charset = charset(type);
        if (isJson(type, bytes)) {
            try {
                return charset.equals(StandardCharsets.UTF_8)
                        ? Json.read(bytes)
                        : Json.read(new String(bytes, charset));
            } catch (JsonException e) {
                // It says it is JSON and is not: what it is then is a text.
                return text(bytes, charset);
            }
        }
        return type == null || isText(type) ? text(bytes, charset) : base64(bytes);
    }

    private static Charset charset(@Nullable MediaType type) {
        Charset named = type == null ? null : type.charset();
        return named == null ? StandardCharsets.UTF_8 : named;
    }

    private static boolean isJson(@Nullable MediaType type, byte[] bytes) {
        if (type == null) {
            return bytes[0] == '{' || bytes[0] == '[';
        }
        String subtype = type.subtype().toLowerCase(Locale.ROOT);
        return subtype.equals("json") || subtype.endsWith("+json");
    }

    private static boolean isText(MediaType type) {
        String subtype = type.subtype().toLowerCase(Locale.ROOT);
        return type.type().equalsIgnoreCase("text")
                || type.charset() != null
                || subtype.endsWith("+xml")
                || subtype.matches("xml|(x-)?javascript|ecmascript|(x-)?yaml|x-www-form-urlencoded|graphql|sql"
                        + "|(x-)?ndjson|jsonl|csv|toml|x-sh");
    }

    private static Object text(byte[] bytes, Charset charset) {
        try {
            return charset.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            return base64(bytes); // no text in its charset
        }
    }

    private static Map<String, Object> base64(byte[] bytes) {
        return Map.of("base64", Base64.getEncoder().encodeToString(bytes));
    }
}
