package io.auterity.server.gateway;

import static io.auterity.server.gateway.Upstream.answers;
import static io.auterity.server.gateway.Upstream.events;
import static io.auterity.server.gateway.Upstream.named;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model that calls the tool {@code look} if it is offered one, and says "hi" once it is told what there is to see. */
final class Looking {

    private static final String CALL =
            "{'index':0,'id':'c1','type':'function','function':{'name':'look','arguments':'{\\\"at\\\":1}'}}";
    private static final String CHUNK =
            "{'id':'c-1','object':'chat.completion.chunk','created':1,'model':'gpt-1','choices':[{'index':0,";
    private static final String ITEM =
            "{'type':'function_call','id':'fc_1','call_id':'c1','name':'look','status':'completed','arguments':";
    private static final String ARGUMENTS = "'{\\\"at\\\":1}'";

    static final String RESPONSE_CALLS = json(OpenAiSdkTest.RESPONSE.replaceAll(
            "\"output\":\\[.*\\],\"usage\"",
            "\"output\":[" + (ITEM + ARGUMENTS).replace("\\", "\\\\") + "}],\"usage\""));

    /** OpenAI's chat. */
    static final Upstream.Script CHAT = (request, out) -> {
        List<?> messages = (List<?>) request.body().get("messages");
        boolean isTold = "tool".equals(((Map<?, ?>) messages.get(messages.size() - 1)).get("role"));
        Upstream.Script calls = answers(
                GatewayTest.GPT_SAYS
                        .replace("\"content\": \"hi\"", "\"content\": null, \"tool_calls\": [" + json(CALL) + "]")
                        .replace("\"finish_reason\": \"stop\"", "\"finish_reason\": \"tool_calls\""),
                events(
                        CHUNK + "'delta':{'role':'assistant','tool_calls':[" + CALL + "]}}]}",
                        CHUNK + "'delta':{},'finish_reason':'tool_calls'}]}",
                        "[DONE]"));
        (isOffered(request.body().get("tools")) && !isTold
                        ? calls
                        : answers(GatewayTest.GPT_SAYS, GatewayTest.GPT_STREAMS))
                .answer(request, out);
    };

    /** OpenAI's responses. */
    static final Upstream.Script RESPONSES = (request, out) -> {
        boolean isTold = request.body().get("input") instanceof List<?> items
                && "function_call_output".equals(((Map<?, ?>) items.get(items.size() - 1)).get("type"));
        String said = OpenAiSdkTest.RESPONSE.replace('"', '\'');
        Upstream.Script calls = answers(
                RESPONSE_CALLS,
                named(
                                "{'type':'response.created','sequence_number':0,'response':" + said + "}",
                                "{'type':'response.output_item.added','sequence_number':1,'output_index':0,'item':"
                                        + ITEM + "''}}",
                                "{'type':'response.function_call_arguments.delta','sequence_number':2,'item_id':'fc_1',"
                                        + "'output_index':0,'delta':" + ARGUMENTS + "}",
                                "{'type':'response.function_call_arguments.done','sequence_number':3,'item_id':'fc_1',"
                                        + "'output_index':0,'name':'look','arguments':" + ARGUMENTS + "}",
                                "{'type':'response.output_item.done','sequence_number':4,'output_index':0,'item':"
                                        + ITEM + ARGUMENTS + "}}")
                        + "event: response.completed\ndata: {\"type\":\"response.completed\",\"sequence_number\":5,"
                        + "\"response\":" + RESPONSE_CALLS + "}\n\n");
        Upstream.Script says = answers(
                OpenAiSdkTest.RESPONSE,
                named(
                        "{'type':'response.created','sequence_number':0,'response':" + said + "}",
                        "{'type':'response.output_text.delta','sequence_number':1,'item_id':'m','output_index':0,"
                                + "'content_index':0,'delta':'hi','logprobs':[]}",
                        "{'type':'response.completed','sequence_number':2,'response':" + said + "}"));
        (isOffered(request.body().get("tools")) && !isTold ? calls : says).answer(request, out);
    };

    private Looking() {}

    private static boolean isOffered(@Nullable Object tools) {
        return tools instanceof List<?> list && !list.isEmpty();
    }

    private static String json(String text) {
        return text.replace('\'', '"');
    }
}
