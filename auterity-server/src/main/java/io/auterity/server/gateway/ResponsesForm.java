package io.auterity.server.gateway;

import io.auterity.relay.Reply;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/** OpenAI's responses, which providers that have them get as they are. */
final class ResponsesForm implements Form {

    /** What a provider remembers or runs by itself has no size that is known before. */
    private static final List<String> REMEMBERED = List.of("previous_response_id", "conversation", "prompt");

    private static final Set<String> OWN_TOOLS = Set.of("function", "custom");

    private static final Set<String> ITEMS = Set.of(
            "message",
            "function_call",
            "function_call_output",
            "custom_tool_call",
            "custom_tool_call_output",
            "reasoning");

    private static final Set<String> TEXTS =
            Set.of("input_text", "output_text", "text", "refusal", "summary_text", "reasoning_text");

    @Override
    public Inquiry read(Fields body, Map<String, String> headers) {
        String model = body.text("model");
        if (body.flag("background")) {
            throw body.wrong("background", "is false here: nobody would see what the call costs");
        }
        ChatForm.standardTier(body);
        Set<Capability> needs = EnumSet.noneOf(Capability.class);
        Set<String> unbounded = new TreeSet<>();
        REMEMBERED.stream().filter(body::has).forEach(unbounded::add);
        boolean isRemembered = !unbounded.isEmpty();
        List<Map<String, Object>> messages = new ArrayList<>();
        List<Integer> places = new ArrayList<>();
        body.optionalText("instructions").ifPresent(text -> {
            messages.add(Prompt.message("system", text));
            places.add(Original.ELSEWHERE);
        });
        Object input = body.get("input");
        if (input instanceof String text) {
            messages.add(Prompt.message("user", text));
        } else if (input instanceof List<?>) {
            List<Fields> items = body.objects("input");
            for (int number = 0; number < items.size(); number++) {
                messages.add(item(items.get(number), needs, unbounded));
                places.add(number);
            }
        } else if (unbounded.isEmpty()) {
            throw body.wrong("input", "is required: a text or a list of items");
        }
        if (messages.isEmpty()) {
            messages.add(Prompt.message("user", ""));
        }
        for (Fields tool : body.objects("tools")) {
            needs.add(Capability.TOOLS);
            if (!OWN_TOOLS.contains(tool.text("type"))) {
                unbounded.add("tools: " + tool.text("type"));
            }
        }
        if (body.object("text").object("format").optionalText("type").orElse("").equals("json_schema")) {
            needs.add(Capability.STRUCTURED);
        }
        Map<String, Object> facts = new HashMap<>();
        facts.put("metadata", body.object("metadata").json());
        return new Inquiry(
                model,
                new Prompt(messages, Map.of())
                        .writtenAs(new Original(Protocol.RESPONSES, body.json())
                                .at(isRemembered ? List.of() : places)), // what goes with what, only the provider knows
                body.whole("max_output_tokens", 1, MOST_TOKENS)
                        .map(OptionalLong::of)
                        .orElse(OptionalLong.empty()),
                body.flag("stream"),
                true,
                needs,
                Inquiry.Interface.alone("/v1/responses"),
                unbounded,
                facts,
                body.optionalText("prompt_cache_key"));
    }

    private static Map<String, Object> item(Fields item, Set<Capability> needs, Set<String> unbounded) {
        String type = item.optionalText("type").orElse("message");
        if (!ITEMS.contains(type)) {
            unbounded.add("input: " + type);
        }
        StringBuilder text = new StringBuilder();
        for (String name : List.of("content", "output")) {
            Object content = item.get(name);
            if (content instanceof String said) {
                text.append(said);
            } else if (content instanceof List<?>) {
                for (Fields part : item.objects(name)) {
                    String kind = part.text("type");
                    if (TEXTS.contains(kind)) {
                        text.append(part.optionalText("text").orElse(""));
                    } else if (kind.equals("input_image")) {
                        needs.add(Capability.VISION);
                    } else {
                        unbounded.add("input: " + kind);
                    }
                }
            }
        }
        return Prompt.message(item.optionalText("role").orElseGet(() -> role(type)), text.toString());
    }

    /** Who speaks in an item that does not say it. */
    private static String role(String type) {
        if (type.endsWith("_output")) {
            return "tool";
        }
        return type.equals("message") ? "user" : "assistant";
    }

    @Override
    public String whole(Reply reply, Mark mark) {
        return reply.answer()
                .written()
                .filter(text -> text.protocol() == Protocol.RESPONSES)
                .map(ProviderAnswer.Written::json)
                .orElseThrow(() -> Refused.of(502, "bad_gateway", "the provider does not speak this interface"));
    }

    @Override
    public EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark) {
        return new ResponseEvents(out, mark);
    }

    @Override
    public Map<String, Object> error(Refused refused, Mark mark) {
        return OpenAiErrors.of(refused);
    }
}
