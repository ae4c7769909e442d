package io.auterity.server.gateway;

import io.auterity.definition.Json;
import io.auterity.relay.Reply;
import io.auterity.relay.money.Meter;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ChatDemands;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderEvent;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. */
final class ChatForm implements Form {

    private static final Set<String> ROLES = Set.of("system", "developer", "user", "assistant", "tool", "function");

    /** What the relay decides, or reads apart. */
    private static final List<String> OWN =
            List.of("model", "messages", "stream", "stream_options", "max_tokens", "max_completion_tokens", "n");

    @Override
    public Inquiry read(Fields body, Map<String, String> headers) {
        String model = body.text("model");
        List<Fields> messages = body.objects("messages");
        if (messages.isEmpty()) {
            throw body.wrong("messages", "is required, and a list of at least one message");
        }
        check(body, messages);
        if (body.whole("n", 1, MOST_TOKENS).orElse(1L) > 1) {
            throw body.wrong("n", "is 1 here; ask several times for several answers");
        }
        standardTier(body);
        Map<String, @Nullable Object> parameters = new LinkedHashMap<>(body.json());
        OWN.forEach(parameters::remove);
        Map<String, @Nullable Object> streaming =
                new LinkedHashMap<>(body.object("stream_options").json());
        streaming.remove("include_usage");
        streaming.values().removeIf(Objects::isNull);
        if (!streaming.isEmpty()) {
            parameters.put("stream_options", streaming);
        }
        Optional<Long> limit = body.whole("max_completion_tokens", 1, MOST_TOKENS);
        Optional<Long> older = body.whole("max_tokens", 1, MOST_TOKENS);
        Map<String, Object> facts = new HashMap<>();
        facts.put("metadata", body.object("metadata").json());
        body.optionalText("user").ifPresent(user -> facts.put("user", user));
        Prompt prompt = new Prompt(messages.stream().map(ChatForm::message).toList(), parameters);
        ChatDemands demands = ChatDemands.of(prompt);
        return new Inquiry(
                model,
                prompt,
                limit.or(() -> older).map(OptionalLong::of).orElse(OptionalLong.empty()),
                body.flag("stream"),
                body.object("stream_options").flag("include_usage"),
                demands.capabilities(),
                Inquiry.Interface.translated(
                        Protocol.CHAT_COMPLETIONS, demands.only(), prompt.dropped(Protocol.MESSAGES)),
                demands.unbounded(),
                facts,
                body.optionalText("prompt_cache_key"));
    }

    @SuppressWarnings("NullAway") // a message's content may be null, and is passed on so
    private static Map<String, Object> message(Fields message) {
        return message.json();
    }

    /** Another tier has another price than the deployment's. */
    static void standardTier(Fields body) {
        String tier = body.optionalText("service_tier").orElse("auto");
        if (!ServiceTier.isUnsaid(tier)) {
            throw body.wrong("service_tier", "is auto or default here; the operator chooses the tier of each model");
        }
    }

    /** What is looked at is of the right type, so that nothing is overlooked. */
    private static void check(Fields body, List<Fields> messages) {
        messages.forEach(ChatForm::check);
        body.objects("tools").forEach(tool -> tool.optionalText("type"));
        body.list("functions");
        body.object("response_format").optionalText("type");
        body.list("modalities");
        body.flag("logprobs");
        body.object("logit_bias");
    }

    private static void check(Fields message) {
        String role = message.text("role");
        if (!ROLES.contains(role)) {
            throw message.wrong("role", "is one of " + new TreeSet<>(ROLES));
        }
        message.objects("tool_calls");
        Object content = message.get("content");
        if (content == null || content instanceof String) {
            return;
        }
        if (!(content instanceof List<?>)) {
            throw message.wrong("content", "is a text or a list of parts");
        }
        message.objects("content").forEach(part -> part.text("type"));
    }

    @Override
    public String whole(Reply reply, Mark mark) {
        ProviderAnswer answer = reply.answer();
        Optional<String> written = answer.written()
                .filter(text -> text.protocol() == Protocol.CHAT_COMPLETIONS)
                .map(ProviderAnswer.Written::json);
        if (written.isPresent()) {
            return written.get();
        }
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("role", "assistant");
        message.put("content", answer.text().isEmpty() && !answer.toolCalls().isEmpty() ? null : answer.text());
        message.put("refusal", null);
        if (!answer.toolCalls().isEmpty()) {
            message.put("tool_calls", answer.toolCalls());
        }
        Map<String, @Nullable Object> choice = new LinkedHashMap<>();
        choice.put("index", 0L);
        choice.put("message", message);
        choice.put("logprobs", null);
        choice.put("finish_reason", answer.finishReason());
        Map<String, Object> json =
                frame("chat.completion", mark, reply.deployment().model().toString());
        json.put("choices", List.of(choice));
        json.put("usage", counts(reply.line().charge().usage()));
        return Json.write(json);
    }

    private static Map<String, Object> frame(String object, Mark mark, String model) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", "chatcmpl-" + mark.id());
        json.put("object", object);
        json.put("created", mark.seconds());
        json.put("model", model);
        return json;
    }

    private static Map<String, Object> counts(Usage usage) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("prompt_tokens", usage.inputTokens());
        json.put("completion_tokens", usage.outputTokens());
        json.put("total_tokens", usage.inputTokens() + usage.outputTokens());
        json.put("prompt_tokens_details", Map.of("cached_tokens", usage.count(Meter.CACHED_INPUT)));
        json.put("completion_tokens_details", Map.of("reasoning_tokens", usage.count(Meter.REASONING)));
        return json;
    }

    @Override
    public EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark) {
        return new Chunks(out, inquiry.wantsUsage(), mark);
    }

    @Override
    public Map<String, Object> error(Refused refused, Mark mark) {
        return OpenAiErrors.of(refused);
    }

    /** A stream of chunks. */
    private static final class Chunks extends EventWriter {

        private final boolean wantsUsage;
        private final Mark mark;
        private boolean hasRole;
        private @Nullable Object id; // the provider's
        private @Nullable Object created;

        Chunks(EventOutput out, boolean wantsUsage, Mark mark) {
            super(out, Protocol.CHAT_COMPLETIONS);
            this.wantsUsage = wantsUsage;
            this.mark = mark;
        }

        /** The usage is always asked for, but not always by the caller. */
        @Override
        void passOn(ProviderEvent event) {
            boolean isUsage = event.json().get("choices") instanceof List<?> choices
                    && choices.isEmpty()
                    && event.json().get("usage") != null;
            hasRole = true;
            id = event.json().get("id");
            created = event.json().get("created");
            if (wantsUsage || !isUsage) {
                write("", event.data());
            }
        }

        /** A chunk; all of a stream have the same id and time. */
        private Map<String, Object> chunk(List<Object> choices) {
            Map<String, Object> json = frame("chat.completion.chunk", mark, model());
            if (id != null && created != null) {
                json.put("id", id);
                json.put("created", created);
            }
            json.put("choices", choices);
            return json;
        }

        private void delta(Map<String, Object> delta, @Nullable String finishReason) {
            Map<String, @Nullable Object> choice = new LinkedHashMap<>();
            Map<String, Object> whole = new LinkedHashMap<>();
            if (!hasRole) {
                hasRole = true;
                whole.put("role", "assistant");
            }
            whole.putAll(delta);
            choice.put("index", 0L);
            choice.put("delta", whole);
            choice.put("finish_reason", finishReason);
            Map<String, Object> json = chunk(List.of(choice));
            if (finishReason != null) {
                tellParts(json);
            }
            write("", json);
        }

        @Override
        void writeText(String text) {
            delta(Map.of("content", text), null);
        }

        @Override
        void writeReasoning(String text) {
            delta(Map.of("reasoning_content", text), null);
        }

        @Override
        void writeTool(int index, String id, String name, String arguments) {
            Map<String, Object> function = new LinkedHashMap<>();
            if (!name.isEmpty()) {
                function.put("name", name);
            }
            function.put("arguments", arguments);
            Map<String, Object> call = new LinkedHashMap<>();
            call.put("index", (long) index);
            if (!id.isEmpty()) {
                call.put("id", id);
                call.put("type", "function");
            }
            call.put("function", function);
            delta(Map.of("tool_calls", List.of(call)), null);
        }

        @Override
        void writeEnd(Reply reply, boolean isPassedOn) {
            if (!isPassedOn) {
                delta(Map.of(), reply.answer().finishReason());
                if (wantsUsage) {
                    Map<String, Object> json = chunk(List.of());
                    json.put("usage", counts(reply.usage()));
                    write("", json);
                }
            }
            write("", "[DONE]");
        }

        @Override
        void writeError(Map<String, Object> error) {
            write("", error);
        }
    }
}
