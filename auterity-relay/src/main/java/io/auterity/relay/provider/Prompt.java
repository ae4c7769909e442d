package io.auterity.relay.provider;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a model is asked, in the form of OpenAI's chat completions, which every provider's interface is made of.
 *
 * @param messages each with {@code role} and {@code content}, a text or a list of parts
 * @param parameters what else the request says, as {@code temperature}, {@code tools} or {@code response_format}; neither
 *     the model nor the limit of tokens nor whether it is a stream
 * @param original the call as somebody wrote it for one of the providers' interfaces, which the other two parts translate
 */
public record Prompt(
        List<Map<String, Object>> messages, Map<String, @Nullable Object> parameters, Optional<Original> original) {

    /** Copies the parts and checks that something is asked. */
    public Prompt {
        messages = List.copyOf(messages);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        Objects.requireNonNull(original, "original");
        if (messages.isEmpty()) {
            throw new IllegalArgumentException("a prompt has at least one message");
        }
    }

    /**
     * Makes a prompt that nobody wrote in another form.
     *
     * @param messages each with {@code role} and {@code content}, a text or a list of parts
     * @param parameters what else the request says
     */
    public Prompt(List<Map<String, Object>> messages, Map<String, @Nullable Object> parameters) {
        this(messages, parameters, Optional.empty());
    }

    /**
     * Returns a copy that also has the call as somebody wrote it.
     *
     * @param written the original
     * @return the copy
     */
    public Prompt writtenAs(Original written) {
        return new Prompt(messages, parameters, Optional.of(written));
    }

    /**
     * Returns a copy as steering rules change it; the original changes in the same way, as far as its interface has the
     * same parameters.
     *
     * @param injected messages to put before the others
     * @param changed parameters to set; null removes one
     * @return the copy
     */
    public Prompt changed(List<Map<String, Object>> injected, Map<String, @Nullable Object> changed) {
        if (injected.isEmpty() && changed.isEmpty()) {
            return this;
        }
        List<Map<String, Object>> longer = new ArrayList<>(injected);
        longer.addAll(messages);
        Map<String, @Nullable Object> other = new LinkedHashMap<>(parameters);
        other.putAll(changed);
        other.values().removeIf(Objects::isNull);
        return new Prompt(longer, other, original.map(written -> Rewriting.of(written, injected, changed)));
    }

    /**
     * Returns a copy without some messages; the original loses the same.
     *
     * @param first the numbers of the messages that come first
     * @param summary what the system says of those that are left out
     * @param end the numbers of the messages that follow, which are the end of the conversation
     * @return the copy
     */
    public Prompt shortened(List<Integer> first, Optional<String> summary, List<Integer> end) {
        List<Map<String, Object>> shorter = new ArrayList<>();
        first.forEach(number -> shorter.add(messages.get(number)));
        summary.ifPresent(text -> shorter.add(message("system", text)));
        end.forEach(number -> shorter.add(messages.get(number)));
        return new Prompt(
                shorter, parameters, original.map(written -> Rewriting.shortened(written, first, summary, end)));
    }

    /**
     * Returns a copy with more messages at its end; the original gets the same.
     *
     * @param more the messages, of the user and the assistant
     * @return the copy
     */
    public Prompt followedBy(List<Map<String, Object>> more) {
        List<Map<String, Object>> longer = new ArrayList<>(messages);
        longer.addAll(more);
        return new Prompt(longer, parameters, original.map(written -> Rewriting.followed(written, more)));
    }

    /**
     * Returns the parameters that a provider is not sent, because its interface has none that means the same; those that say the
     * usual, as {@code frequency_penalty: 0}, are not among them.
     *
     * @param protocol the interface that the provider speaks
     * @return their names, sorted; empty for a call that was written for this interface
     */
    public List<String> dropped(Protocol protocol) {
        return protocol != Protocol.MESSAGES
                        || original.filter(written -> written.protocol() == protocol)
                                .isPresent()
                ? List.of()
                : AnthropicWire.dropped(parameters);
    }

    /**
     * Says whether the answer is to be JSON, so that a half of it is of no use to anybody.
     *
     * @return whether the call asks for it, in its own interface
     */
    public boolean isStructured() {
        return formats().anyMatch(format -> JsonPath.text(format.get("type")).startsWith("json"));
    }

    /**
     * Returns the JSON Schema that the answer is to satisfy. One that the call says {@code strict: false} of is only a hint to
     * the model, and not returned.
     *
     * @return the schema, as the call has it in its own interface
     */
    public Optional<Map<String, Object>> schema() {
        return formats()
                .filter(format -> JsonPath.text(format.get("type")).equals("json_schema"))
                .map(format -> format.containsKey("json_schema") ? JsonPath.map(format.get("json_schema")) : format)
                .filter(format -> !Boolean.FALSE.equals(format.get("strict")))
                .map(format -> format.get("schema"))
                .filter(Map.class::isInstance)
                .map(JsonPath::map)
                .findFirst();
    }

    /** What the call says of the form of its answer, wherever its interface has a place for that. */
    private Stream<Map<String, Object>> formats() {
        Map<String, ?> body = original.<Map<String, ?>>map(Original::body).orElse(parameters);
        return Stream.of(
                        body.get("response_format"),
                        body.get("output_format"),
                        JsonPath.map(body.get("output_config")).get("format"),
                        JsonPath.map(body.get("text")).get("format"))
                .map(JsonPath::map);
    }

    /**
     * Says whether the model is to think first, in the way of Anthropic's models.
     *
     * @return whether the call asks for it
     */
    public boolean isThoughtful() {
        Map<String, ?> body = original.<Map<String, ?>>map(Original::body).orElse(parameters);
        Map<String, Object> thinking = JsonPath.map(body.get("thinking"));
        return !thinking.isEmpty() && !JsonPath.text(thinking.get("type")).equals("disabled");
    }

    /**
     * Makes a prompt of one message of the user.
     *
     * @param text what the user says
     * @return the prompt
     */
    public static Prompt of(String text) {
        return new Prompt(List.of(message("user", text)), Map.of());
    }

    /**
     * Makes a message.
     *
     * @param role who speaks
     * @param text what is said
     * @return the message
     */
    public static Map<String, Object> message(String role, String text) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("role", role);
        message.put("content", text);
        return Collections.unmodifiableMap(message);
    }

    /**
     * Returns all text of the messages, by which prompts are compared.
     *
     * @return the texts, a line break between them
     */
    public String text() {
        return messages.stream().map(message -> text(message.get("content"))).collect(Collectors.joining("\n"));
    }

    static String text(@Nullable Object content) {
        if (content instanceof String text) {
            return text;
        }
        return content instanceof List<?> parts
                ? parts.stream()
                        .map(part ->
                                part instanceof Map<?, ?> map && map.get("text") instanceof String text ? text : "")
                        .collect(Collectors.joining("\n"))
                : "";
    }
}
