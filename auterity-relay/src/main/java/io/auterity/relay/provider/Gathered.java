package io.auterity.relay.provider;

import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import io.auterity.relay.usage.UsageReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An answer while it arrives. Confined to the thread of its call. */
final class Gathered {

    /** Why a refusal ended, in the words of an interface that says it there. */
    private static final String REFUSED = "content_filter";

    private final StringBuilder text = new StringBuilder();
    private final Map<Integer, Tool> tools = new LinkedHashMap<>();
    private boolean isRefused;
    private String finishReason = "";
    private Optional<Usage> usage = Optional.empty();
    private Optional<ServiceTier> tier = Optional.empty();

    /** A call of a tool, whose arguments come in pieces. */
    private static final class Tool {
        private final int position;
        private String id = "";
        private String name = "";
        private final StringBuilder arguments = new StringBuilder();

        private Tool(int position) {
            this.position = position;
        }
    }

    void text(String piece, Sink sink) {
        if (!piece.isEmpty()) {
            text.append(piece);
            sink.text(piece);
        }
    }

    /** The words of a refusal are the answer's text, which nobody goes on with. */
    void refusal(String piece, Sink sink) {
        if (!piece.isEmpty()) {
            isRefused = true;
            text.append(piece);
            sink.refusal(piece);
        }
    }

    /** What a model thinks is passed on and not kept. */
    static void reasoning(String piece, Sink sink) {
        if (!piece.isEmpty()) {
            sink.reasoning(piece);
        }
    }

    void tool(int index, String id, String name, String arguments, Sink sink) {
        Tool tool = tools.computeIfAbsent(index, key -> new Tool(tools.size()));
        tool.id = id.isEmpty() ? tool.id : id;
        tool.name = name.isEmpty() ? tool.name : name;
        tool.arguments.append(arguments);
        sink.tool(tool.position, id, name, arguments);
    }

    void finish(String reason) {
        finishReason = reason;
    }

    boolean hasContent() {
        return !text.isEmpty() || !tools.isEmpty();
    }

    /** Says whether another deployment might go on with this. */
    boolean isContinuable() {
        return tools.isEmpty() && !isRefused;
    }

    boolean isFinished() {
        return !finishReason.isEmpty();
    }

    void usage(Optional<Usage> reported, Sink sink) {
        reported.ifPresent(latest -> {
            Usage total = usage.map(before -> UsageReader.merge(before, latest)).orElse(latest);
            usage = Optional.of(total);
            sink.usage(total);
        });
    }

    void tier(Optional<ServiceTier> reported, Sink sink) {
        if (reported.isPresent() && !reported.equals(tier)) {
            tier = reported;
            sink.tier(reported.get());
        }
    }

    Optional<ServiceTier> tier() {
        return tier;
    }

    ProviderAnswer answer(Optional<Headroom> headroom, Optional<ProviderAnswer.Written> written) {
        List<Map<String, Object>> calls = new ArrayList<>();
        for (Tool tool : tools.values()) {
            Map<String, Object> call = new LinkedHashMap<>();
            call.put("id", tool.id);
            call.put("type", "function");
            call.put("function", Map.of("name", tool.name, "arguments", tool.arguments.toString()));
            calls.add(call);
        }
        String reason = isRefused ? REFUSED : finishReason;
        return new ProviderAnswer(text.toString(), calls, reason, usage, headroom, written);
    }
}
