package io.auterity.server.gateway;

import io.auterity.relay.Reply;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;

/** OpenAI's embeddings. */
final class EmbeddingsForm implements Form {

    /** The most texts in one request, as at OpenAI. */
    static final int MOST_TEXTS = 2_048;

    @Override
    public Inquiry read(Fields body, Map<String, String> headers) {
        Object input = body.get("input");
        boolean isList = input instanceof List<?> list && !list.isEmpty() && list.size() <= MOST_TEXTS;
        boolean isTokens = input instanceof List<?> list
                && !list.isEmpty()
                && list.stream().allMatch(token -> token instanceof Long);
        boolean isTexts = isList
                && body.list("input").stream()
                        .allMatch(item -> item instanceof String
                                || item instanceof List<?> tokens
                                        && !tokens.isEmpty()
                                        && tokens.stream().allMatch(token -> token instanceof Long));
        if (!(input instanceof String) && !isTokens && !isTexts) {
            throw body.wrong("input", "is a text, tokens, or a list of 1 to " + MOST_TEXTS + " of these");
        }
        if (body.flag("stream")) {
            throw body.wrong("stream", "is false here: vectors do not come in pieces");
        }
        String text = input instanceof String one
                ? one
                : body.list("input").stream()
                        .filter(String.class::isInstance)
                        .map(String.class::cast)
                        .collect(Collectors.joining("\n"));
        return new Inquiry(
                body.text("model"),
                Prompt.of(text).writtenAs(new Original(Protocol.EMBEDDINGS, body.json())),
                OptionalLong.of(0),
                false,
                false,
                Set.of(Capability.EMBEDDINGS),
                Inquiry.Interface.alone("/v1/embeddings"),
                Set.of(),
                body.optionalText("user")
                        .<Map<String, Object>>map(user -> Map.of("user", user))
                        .orElse(Map.of()),
                Optional.empty());
    }

    @Override
    public String whole(Reply reply, Mark mark) {
        return reply.answer()
                .written()
                .filter(text -> text.protocol() == Protocol.EMBEDDINGS)
                .map(ProviderAnswer.Written::json)
                .orElseThrow(() -> Refused.of(502, "bad_gateway", "the provider does not speak this interface"));
    }

    @Override
    public EventWriter stream(EventOutput out, Inquiry inquiry, Mark mark) {
        throw new IllegalStateException("vectors do not come in pieces");
    }

    @Override
    public Map<String, Object> error(Refused refused, Mark mark) {
        return OpenAiErrors.of(refused);
    }
}
