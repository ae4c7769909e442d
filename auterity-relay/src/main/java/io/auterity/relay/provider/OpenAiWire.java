package io.auterity.relay.provider;

import io.auterity.relay.money.Usage;
import io.auterity.relay.usage.UsageReader;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** OpenAI's chat completions, as OpenAI, Azure and compatible servers speak them. */
final class OpenAiWire implements Wire {

    /** What money is set aside for; whoever calls, or a rule, does not say it beside the relay. */
    private static final List<String> BOUNDS = List.of("n", "max_tokens", "max_completion_tokens");

    private static final String STREAM_OPTIONS = "stream_options";

    private final Endpoint.Dialect dialect;

    OpenAiWire(Endpoint.Dialect dialect) {
        this.dialect = dialect;
    }

    @Override
    public Protocol protocol() {
        return Protocol.CHAT_COMPLETIONS;
    }

    @Override
    public String url(Endpoint endpoint, ProviderCall call) {
        return OpenAi.url(endpoint, call, "/chat/completions");
    }

    @Override
    public Map<String, String> headers(String key) {
        return OpenAi.headers(dialect, key);
    }

    @Override
    public Map<String, Object> body(ProviderCall call) {
        Map<String, Object> body = new LinkedHashMap<>(call.prompt().parameters());
        BOUNDS.forEach(body::remove);
        body.put("model", call.deployment().name());
        body.put("messages", call.prompt().messages());
        // OpenAI's reasoning models refuse the older name, other servers do not know the newer one
        boolean isOlder = dialect == Endpoint.Dialect.OPENAI_COMPATIBLE;
        body.put(isOlder ? "max_tokens" : "max_completion_tokens", call.maxOutput());
        OpenAi.wished(dialect, call.deployment().tier()).ifPresent(tier -> body.put(OpenAi.TIER, tier));
        Object wished = body.remove(STREAM_OPTIONS); // only streams may have any
        if (call.isStream()) {
            Map<String, Object> options = new LinkedHashMap<>(JsonPath.map(wished));
            options.put("include_usage", true); // nothing is charged without it
            body.put("stream", true);
            body.put(STREAM_OPTIONS, options);
        }
        return body;
    }

    @Override
    public Gathered answer(Map<String, Object> json) {
        Refusals.check(json);
        Map<String, Object> choice = JsonPath.first(json.get("choices"));
        if (!(choice.get("message") instanceof Map<?, ?>)) {
            throw new ProviderException(ErrorClass.MALFORMED, "the answer has no choice with a message");
        }
        Gathered gathered = new Gathered();
        take(choice, JsonPath.map(choice.get("message")), gathered, Sink.NONE);
        gathered.usage(usage(json), Sink.NONE);
        gathered.tier(OpenAi.told(json), Sink.NONE);
        return gathered;
    }

    @Override
    public boolean event(String data, Gathered gathered, Sink sink) {
        if (data.equals("[DONE]")) {
            return true;
        }
        Map<String, Object> json = JsonPath.object(data);
        Refusals.check(json);
        sink.event(new ProviderEvent(Protocol.CHAT_COMPLETIONS, data, json));
        gathered.tier(OpenAi.told(json), sink);
        Map<String, Object> choice = JsonPath.first(json.get("choices"));
        take(choice, JsonPath.map(choice.get("delta")), gathered, sink);
        gathered.usage(usage(json), sink);
        return false;
    }

    private static void take(Map<String, Object> choice, Map<String, Object> message, Gathered gathered, Sink sink) {
        Gathered.reasoning(JsonPath.text(message.get("reasoning_content")), sink); // what compatible servers call it
        gathered.text(JsonPath.text(message.get("content")), sink);
        JsonPath.list(message.get("content")) // as models write that have their thoughts in parts of it
                .forEach(part -> gathered.text(JsonPath.text(JsonPath.map(part).get("text")), sink));
        gathered.refusal(JsonPath.text(message.get("refusal")), sink);
        int position = 0;
        for (Object item : JsonPath.list(message.get("tool_calls"))) {
            Map<String, Object> call = JsonPath.map(item);
            Map<String, Object> function = JsonPath.map(call.get("function"));
            gathered.tool(
                    call.containsKey("index") ? JsonPath.index(call.get("index")) : position,
                    JsonPath.text(call.get("id")),
                    JsonPath.text(function.get("name")),
                    JsonPath.text(function.get("arguments")),
                    sink);
            position++;
        }
        if (choice.get("finish_reason") instanceof String reason) {
            gathered.finish(reason);
        }
    }

    @Override
    public Optional<Usage> usage(Map<String, Object> json) {
        return UsageReader.OPENAI_CHAT.read(json);
    }
}
