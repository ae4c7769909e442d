package io.auterity.relay.usage;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Usage;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads the usage that a provider reports with an answer.
 *
 * <p>Providers count differently. OpenAI's prompt tokens contain the cached ones, Anthropic's do not; OpenAI's completion
 * tokens contain the reasoning, other servers with the same interface report it beside them; Anthropic's cache writes come
 * in two kinds with two prices. A reader makes disjoint counts of all of them. It never returns a negative count: details
 * that exceed the total they belong to are cut to it, because a provider bills the total.
 *
 * <p>Stateless and thread-safe.
 */
public enum UsageReader {
    /** OpenAI's and Azure's chat completions, and servers that speak the same. */
    OPENAI_CHAT {
        @Override
        Usage usage(Counts counts) {
            return openAi(
                    counts, "prompt_tokens", "completion_tokens", "prompt_tokens_details", "completion_tokens_details");
        }
    },
    /** OpenAI's responses. */
    OPENAI_RESPONSES {
        @Override
        Usage usage(Counts counts) {
            return openAi(counts, "input_tokens", "output_tokens", "input_tokens_details", "output_tokens_details");
        }
    },
    /** OpenAI's and Azure's embeddings. */
    OPENAI_EMBEDDINGS {
        @Override
        Usage usage(Counts counts) {
            return Usage.NONE.with(Meter.INPUT, counts.of("prompt_tokens"));
        }
    },
    /** Anthropic's messages. */
    ANTHROPIC_MESSAGES {
        @Override
        Usage usage(Counts counts) {
            Counts creation = counts.inside("cache_creation");
            long written = counts.of("cache_creation_input_tokens");
            long forAnHour = creation.of("ephemeral_1h_input_tokens");
            written = Math.max(written, Math.addExact(forAnHour, creation.of("ephemeral_5m_input_tokens")));
            long thinking = counts.inside("output_tokens_details").of("thinking_tokens");
            long output = counts.of("output_tokens");
            return Usage.NONE
                    .with(Meter.INPUT, counts.of("input_tokens"))
                    .with(Meter.CACHED_INPUT, counts.of("cache_read_input_tokens"))
                    .with(Meter.CACHE_WRITE, written - forAnHour)
                    .with(Meter.CACHE_WRITE_1H, forAnHour)
                    .with(Meter.REASONING, Math.min(thinking, output))
                    .with(Meter.OUTPUT, output - Math.min(thinking, output))
                    .with(Meter.WEB_SEARCH, counts.inside("server_tool_use").of("web_search_requests"));
        }
    };

    /**
     * Reads the usage of an answer.
     *
     * @param answer the whole JSON object that the provider answered with, or the event of a stream that has it
     * @return the usage, or empty if the provider reported none
     */
    public Optional<Usage> read(Map<String, ? extends @Nullable Object> answer) {
        if (!(answer.get("usage") instanceof Map<?, ?> usage)) {
            return Optional.empty();
        }
        Usage read = usage(new Counts(usage));
        return Optional.of(this == OPENAI_RESPONSES ? withSearches(read, answer) : read);
    }

    /**
     * Merges two reports of one stream. The counts of a stream are running totals, and Anthropic reports the prompt at the
     * beginning and the answer at the end, so the greater count of each meter is the whole.
     *
     * @param earlier what was reported before
     * @param later what is reported now
     * @return both
     */
    public static Usage merge(Usage earlier, Usage later) {
        Usage merged = Usage.NONE;
        for (Meter meter : Meter.values()) {
            merged = merged.with(meter, Math.max(earlier.count(meter), later.count(meter)));
        }
        return merged;
    }

    abstract Usage usage(Counts counts);

    private static Usage openAi(Counts counts, String in, String out, String inDetails, String outDetails) {
        Counts details = counts.inside(inDetails);
        long prompt = counts.of(in);
        long cached = Math.min(prompt, Math.max(details.of("cached_tokens"), counts.of("prompt_cache_hit_tokens")));
        long written = Math.min(
                prompt - cached, Math.max(details.of("cache_write_tokens"), details.of("cache_creation_tokens")));
        long audio = Math.min(prompt - cached - written, details.of("audio_tokens"));
        return output(counts, counts.of(out), prompt, counts.inside(outDetails))
                .with(Meter.INPUT, prompt - cached - written - audio)
                .with(Meter.CACHED_INPUT, cached)
                .with(Meter.CACHE_WRITE, written)
                .with(Meter.AUDIO_INPUT, audio);
    }

    private static Usage output(Counts counts, long reported, long prompt, Counts details) {
        long reasoning = details.of("reasoning_tokens");
        long total = counts.of("total_tokens");
        boolean isOutside = reasoning > reported
                || (reasoning > 0 && total == Math.addExact(Math.addExact(prompt, reported), reasoning));
        long completion = isOutside ? Math.addExact(reported, reasoning) : reported;
        long audio = Math.min(completion - reasoning, details.of("audio_tokens"));
        return Usage.NONE
                .with(Meter.REASONING, reasoning)
                .with(Meter.AUDIO_OUTPUT, audio)
                .with(Meter.OUTPUT, completion - reasoning - audio);
    }

    /** OpenAI counts its searches by the items of the output. */
    private static Usage withSearches(Usage usage, Map<String, ? extends @Nullable Object> answer) {
        return usage.with(Meter.WEB_SEARCH, calls(answer, "web_search_call"))
                .with(Meter.FILE_SEARCH, calls(answer, "file_search_call"));
    }

    private static long calls(Map<String, ? extends @Nullable Object> answer, String type) {
        return answer.get("output") instanceof List<?> items
                ? items.stream()
                        .filter(item -> item instanceof Map<?, ?> map && type.equals(map.get("type")))
                        .count()
                : 0;
    }

    /** Numbers of a JSON object; what is absent, null, negative or no number counts as none. */
    record Counts(Map<?, ?> json) {

        private static final long MOST = 1L << 40;

        long of(String key) {
            return json.get(key) instanceof Number number ? Math.min(MOST, Math.max(0, number.longValue())) : 0;
        }

        Counts inside(String key) {
            return new Counts(json.get(key) instanceof Map<?, ?> map ? map : Map.of());
        }
    }
}
