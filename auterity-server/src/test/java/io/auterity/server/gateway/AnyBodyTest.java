package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.definition.Json;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever a client sends, the gateway has a status for it that does not begin with 5. */
class AnyBodyTest {

    private static final Map<String, List<String>> BODIES = Map.of(
            "/v1/chat/completions",
            List.of(
                    "{'model':'gpt','messages':[{'role':'system','content':'s'},{'role':'user','content':[{'type':'text',"
                            + "'text':'t'},{'type':'image_url','image_url':{'url':'data:image/png;base64,AA'}}]},"
                            + "{'role':'assistant','content':null,'tool_calls':[{'id':'c','type':'function','function':"
                            + "{'name':'f','arguments':'{}'}}]},{'role':'tool','tool_call_id':'c','content':'r'}],"
                            + "'tools':[{'type':'function','function':{'name':'f','parameters':{'type':'object'}}}],"
                            + "'tool_choice':'auto','stream':true,'stream_options':{'include_usage':true},"
                            + "'max_tokens':10,'stop':['x'],'response_format':{'type':'json_schema','json_schema':"
                            + "{'name':'n','schema':{}}},'metadata':{'a':'b'},'user':'u','temperature':1.0}",
                    "{'model':'both','messages':[{'role':'user','content':'x'}]}",
                    "{'model':'claude','messages':[{'role':'assistant','content':'','tool_calls':[{'id':'c',"
                            + "'function':{'name':'f','arguments':'{}'}}]}],'stream':false}"),
            "/v1/messages",
            List.of(
                    "{'model':'claude','max_tokens':5,'system':[{'type':'text','text':'s','cache_control':"
                            + "{'type':'ephemeral'}}],'messages':[{'role':'user','content':[{'type':'image','source':"
                            + "{'type':'base64','media_type':'image/png','data':'AA'}},{'type':'tool_result',"
                            + "'tool_use_id':'c','content':[{'type':'text','text':'r'}]}]},{'role':'assistant',"
                            + "'content':[{'type':'tool_use','id':'c','name':'f','input':{'a':1}}]}],"
                            + "'tools':[{'name':'f','input_schema':{'type':'object'}}],'tool_choice':{'type':'any'},"
                            + "'stop_sequences':['x'],'metadata':{'user_id':'u'},'stream':true}",
                    "{'model':'gpt','max_tokens':5,'messages':[{'role':'user','content':'x'}],'thinking':{}}"),
            "/v1/messages/count_tokens",
            List.of("{'model':'claude','messages':[{'role':'user','content':'x'}]}"),
            "/v1/responses",
            List.of("{'model':'gpt','instructions':'i','input':[{'role':'user','content':[{'type':'input_text',"
                    + "'text':'t'},{'type':'input_image','image_url':'data:image/png;base64,AA'}]},"
                    + "{'type':'function_call_output','call_id':'c','output':'r'}],'tools':[{'type':'function',"
                    + "'name':'f','parameters':{}}],'text':{'format':{'type':'text'}},'max_output_tokens':9,"
                    + "'stream':true,'metadata':{}}"),
            "/v1/embeddings",
            List.of("{'model':'embed','input':['a',[1,2]],'dimensions':3,'user':'u'}"));

    private static Counter counter;

    @BeforeContainer
    static void open() throws Exception {
        counter = Counter.answering();
    }

    @AfterContainer
    static void close() throws Exception {
        assertThat(counter.upstream.received()).hasSizeGreaterThan(100); // not all are refused for the first thing
        counter.close();
    }

    @Property(tries = 600, seed = "20261122")
    void no_body_makes_the_gateway_fail(@ForAll long seed) {
        Random random = new Random(seed);
        counter.now = counter.now.plusSeconds(3_600); // the limits of keys are not what is tested
        List<String> paths = BODIES.keySet().stream().sorted().toList();
        String path = paths.get(random.nextInt(paths.size()));
        List<String> bodies = BODIES.get(path);
        Object json = Json.read(bodies.get(random.nextInt(bodies.size())).replace('\'', '"'));
        for (int i = random.nextInt(4); i > 0; i--) { // one in four is as it should be
            json = changed(json, random, 0);
        }
        String body = Json.write(json);
        if (random.nextInt(10) == 0) {
            body = body.substring(0, random.nextInt(body.length() + 1));
        }
        HttpResponse<String> response = counter.send(counter.request(path)
                .setHeader("Authorization", "Bearer " + Counter.key(random.nextBoolean() ? "app" : "free"))
                .header("anthropic-beta", random.nextInt(20) == 0 ? "x".repeat(3_000) : "b")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(response.statusCode())
                .as(path + " " + body + "\n" + response.body())
                .isLessThan(500);
        if (response.statusCode() != 200) {
            assertThat(response.body()).contains("\"error\"").doesNotContain("java.", "Exception");
        }
    }

    private static Object changed(Object value, Random random, int depth) {
        if (depth > 0 && random.nextInt(6) == 0) {
            return anything(random);
        }
        if (value instanceof Map<?, ?> map && !map.isEmpty()) {
            Map<String, Object> copy = new LinkedHashMap<>();
            List<?> keys = new ArrayList<>(map.keySet());
            Object chosen = keys.get(random.nextInt(keys.size()));
            int what = random.nextInt(8);
            map.forEach((key, child) -> {
                if (!key.equals(chosen)) {
                    copy.put((String) key, child);
                } else if (what == 1) {
                    copy.put(key + "x", child);
                } else if (what > 1) {
                    copy.put((String) key, changed(child, random, depth + 1));
                }
            });
            return copy;
        }
        if (value instanceof List<?> list && !list.isEmpty()) {
            List<Object> copy = new ArrayList<>(list);
            int at = random.nextInt(copy.size());
            copy.set(at, changed(copy.get(at), random, depth + 1));
            return copy;
        }
        return depth == 0 ? value : anything(random);
    }

    private static Object anything(Random random) {
        return switch (random.nextInt(14)) {
            case 0 -> null;
            case 1 -> true;
            case 2 -> -1L;
            case 3 -> Long.MAX_VALUE;
            case 4 -> 1.5e300;
            case 5 -> "";
            case 6 -> "\ud800 \u0000 \r\n\r\n data: x";
            case 7 -> "x".repeat(random.nextInt(5_000));
            case 8 -> List.of();
            case 9 -> Map.of();
            case 10 -> nested(random.nextInt(190));
            case 11 -> new ArrayList<>(List.of(1L, "a", List.of()));
            case 12 -> Map.of("type", "image", "source", "x", "content", List.of(1L));
            default -> 0L;
        };
    }

    private static Object nested(int depth) {
        Object value = "deep";
        for (int i = 0; i < depth; i++) {
            value = i % 2 == 0 ? List.of(value) : Map.of("content", value);
        }
        return value;
    }
}
