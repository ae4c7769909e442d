package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import io.auterity.relay.usage.UsageReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenAI's responses, which are only ever passed on: a call is written by somebody else, and its answer goes back to them. */
final class ResponsesWire implements Wire {

    /** The items that call a tool, and what they call the text that it is called with. */
    private static final Map<String, String> CALLS = Map.of("function_call", "arguments", "custom_tool_call", "input");

    private final Endpoint.Dialect dialect;

    ResponsesWire(Endpoint.Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public Protocol protocol() {
        return Protocol.RESPONSES;
    }

    @Override
    public String url(Endpoint endpoint, ProviderCall call) {
        return endpoint.url(dialect == Endpoint.Dialect.AZURE ? "/openai/v1/responses" : "/responses");
    }

    @Override
    public Map<String, String> headers(String key) {
        return OpenAi.headers(dialect, key);
    }

    @Override
    public Map<String, Object> body(ProviderCall call) {
        Map<String, Object> decided = new LinkedHashMap<>();
        decided.put("model", call.deployment().name());
        decided.put("max_output_tokens", call.maxOutput());
        decided.put("stream", call.isStream());
        OpenAi.wished(dialect, call.deployment().tier()).ifPresent(tier -> decided.put(OpenAi.TIER, tier));
        return call.prompt().original().orElseThrow().with(decided);
    }

    @Override
    public Gathered answer(Map<String, Object> json) {
        check(json, JsonPath.text(json.get("status")).equals("failed"));
        if (!(json.get("output") instanceof List<?> items)) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer has no output");
        }
        Gathered gathered = new Gathered();
        for (int i = 0; i < items.size(); i++) {
            Map<String, Object> item = JsonPath.map(items.get(i));
            boolean isThought = JsonPath.text(item.get("type")).equals("reasoning");
            (isThought ? List.of() : JsonPath.list(item.get("content"))).forEach(part -> {
                gathered.text(JsonPath.text(JsonPath.map(part).get("text")), Sink.NONE);
                gathered.refusal(JsonPath.text(JsonPath.map(part).get("refusal")), Sink.NONE);
            });
            String said = CALLS.get(JsonPath.text(item.get("type")));
            if (said != null) {
                gathered.tool(
                        i,
                        JsonPath.text(item.get("call_id")),
                        JsonPath.text(item.get("name")),
                        JsonPath.text(item.get(said)),
                        Sink.NONE);
            }
        }
        finish(json, gathered);
        gathered.usage(usage(json), Sink.NONE);
        gathered.tier(OpenAi.told(json), Sink.NONE);
        return gathered;
    }

    private static void check(Map<String, Object> response, boolean isFailed) {
        Refusals.check(response);
        if (isFailed) { // and does not say why
            throw Refusals.reported(Map.of());
        }
    }

    private static void finish(Map<String, Object> response, Gathered gathered) {
        boolean isWhole = !JsonPath.text(response.get("status")).equals("incomplete");
        String missing =
                JsonPath.text(JsonPath.map(response.get("incomplete_details")).get("reason"));
        gathered.finish(isWhole ? "stop" : missing.equals("content_filter") ? missing : "length");
    }

    @Override
    public boolean event(String data, Gathered gathered, Sink sink) {
        if (data.equals("[DONE]")) {
            return true;
        }
        Map<String, Object> json = JsonPath.object(data);
        String type = JsonPath.text(json.get("type"));
        Map<String, Object> response = JsonPath.map(json.get("response"));
        Refusals.check(json);
        check(response, type.equals("response.failed"));
        sink.event(new ProviderEvent(Protocol.RESPONSES, data, json));
        gathered.tier(OpenAi.told(response), sink);
        int index = JsonPath.index(json.get("output_index"));
        String delta = JsonPath.text(json.get("delta"));
        switch (type) {
            case "response.output_text.delta" -> gathered.text(delta, sink);
            case "response.refusal.delta" -> gathered.refusal(delta, sink);
            case "response.reasoning_text.delta", "response.reasoning_summary_text.delta" ->
                Gathered.reasoning(delta, sink);
            case "response.output_item.added" -> {
                Map<String, Object> item = JsonPath.map(json.get("item"));
                if (CALLS.containsKey(JsonPath.text(item.get("type")))) {
                    gathered.tool(index, JsonPath.text(item.get("call_id")), JsonPath.text(item.get("name")), "", sink);
                }
            }
            case "response.function_call_arguments.delta", "response.custom_tool_call_input.delta" ->
                gathered.tool(index, "", "", delta, sink);
            case "response.completed", "response.incomplete" -> {
                finish(response, gathered);
                gathered.usage(usage(response), sink);
                return true;
            }
            default -> {
                // beginnings and ends of parts, and what later versions add
            }
        }
        return false;
    }

    @Override
    public Optional<Usage> usage(Map<String, Object> json) {
        return UsageReader.OPENAI_RESPONSES.read(json);
    }
}
