package io.auterity.connector.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.definition.Values;
import io.auterity.testkit.ProcessorTime;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import okhttp3.MediaType;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.junit.jupiter.api.Tag;

/** R19: The first line is the type a server says its body has, the rest is the body. */
@Tag("isolated")
class ResponseFuzzTest {

    private static final Request REQUEST =
            new Request.Builder().url("http://example.com/").build();

    @FuzzTest(maxDuration = "1m")
    void any_body_of_any_type_becomes_json(byte @NotNull [] data) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(data));
    }

    private static void check(byte[] data) {
        int end = 0;
        while (end < data.length && data[end] != '\n') {
            end++;
        }
        String type = new String(data, 0, end, StandardCharsets.UTF_8);
        byte[] body = Arrays.copyOfRange(data, Math.min(data.length, end + 1), data.length);
        Response response = new Response.Builder()
                .request(REQUEST)
                .protocol(Protocol.HTTP_1_1)
                .code(200)
                .message("OK")
                .body(ResponseBody.create(body, MediaType.parse(type)))
                .build();
        Object value = ResponseBodies.value(body, response);
        assertThat(Values.copyOf(value)).isEqualTo(value);
        assertThat(ResponseBodies.excerpt(response.body(), 200)).hasSizeLessThanOrEqualTo(200);
    }
}
