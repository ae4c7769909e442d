package io.auterity.relay.prompt;

import io.auterity.definition.Closest;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** The prompt templates of an application, each in all its versions. Immutable and thread-safe. */
public final class PromptTemplates {

    /** The most bytes of a text: 1 MiB. */
    public static final int MAX_BYTES = 1024 * 1024;

    /** None. */
    public static final PromptTemplates NONE = new PromptTemplates(List.of());

    private final Map<String, TreeMap<Long, PromptTemplate>> templates = new TreeMap<>();

    /**
     * Gathers templates.
     *
     * @param templates the templates
     * @throws PromptTemplateException if two have the same name and version
     */
    public PromptTemplates(Collection<PromptTemplate> templates) {
        List<String> problems = new ArrayList<>();
        for (PromptTemplate template : templates) {
            Map<Long, PromptTemplate> versions =
                    this.templates.computeIfAbsent(template.name(), name -> new TreeMap<>());
            if (versions.put(template.version(), template) != null) {
                problems.add(template.reference() + ": there are two; a changed template has another version");
            }
        }
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
    }

    /**
     * Reads templates.
     *
     * @param yaml {@code prompts: 1}, then {@code templates}, a list of objects with {@code name}, {@code version},
     *     {@code input}, {@code messages} and {@code parameters}
     * @return the templates
     * @throws PromptTemplateException with everything that is wrong
     */
    public static PromptTemplates read(String yaml) {
        LoadSettings settings = LoadSettings.builder()
                .setLabel("templates")
                .setCodePointLimit(MAX_BYTES)
                .setMaxAliasesForCollections(20)
                .setAllowDuplicateKeys(false)
                .build();
        Object loaded;
        try {
            loaded = new Load(settings).loadFromString(yaml);
        } catch (YamlEngineException e) {
            throw invalid(List.of(String.valueOf(e.getMessage())));
        }
        if (!(loaded instanceof Map<?, ?> file)
                || !Integer.valueOf(1).equals(file.get("prompts"))
                || !(file.get("templates") instanceof List<?> items)) {
            throw invalid(List.of("the text begins with 'prompts: 1' and has a list 'templates'"));
        }
        List<String> problems = new ArrayList<>();
        List<PromptTemplate> templates = new ArrayList<>();
        for (int i = 0; i < items.size(); i++) {
            try {
                templates.add(template(items.get(i)));
            } catch (PromptTemplateException e) {
                String place = "templates[" + i + "]/";
                e.problems().forEach(problem -> problems.add(place + problem));
            }
        }
        if (!problems.isEmpty()) {
            throw invalid(problems);
        }
        return new PromptTemplates(templates);
    }

    private static PromptTemplate template(@Nullable Object item) {
        List<String> problems = new ArrayList<>();
        Map<String, @Nullable Object> map = map(item, "", problems);
        TreeSet<String> known = new TreeSet<>(List.of("name", "version", "input", "messages", "parameters"));
        map.keySet().stream()
                .filter(key -> !known.contains(key))
                .forEach(key -> problems.add(key + ": is not known here; " + Closest.fix(key, known)));
        List<Map<String, String>> messages = new ArrayList<>();
        Object said = map.get("messages");
        for (Object message : said instanceof List<?> list ? list : List.of()) {
            Map<String, String> texts = new LinkedHashMap<>();
            map(message, "messages", problems).forEach((key, value) -> texts.put(key, String.valueOf(value)));
            messages.add(texts);
        }
        Map<String, Object> input = new LinkedHashMap<>();
        map(map.getOrDefault("input", Map.of()), "input", problems)
                .forEach((key, value) -> input.put(key, value == null ? "null" : value));
        Map<String, @Nullable Object> parameters =
                map(map.getOrDefault("parameters", Map.of()), "parameters", problems);
        long version = map.get("version") instanceof Long number ? number : 0;
        try {
            PromptTemplate template = new PromptTemplate(
                    new PromptTemplate.Source(String.valueOf(map.get("name")), version, input, messages, parameters));
            if (problems.isEmpty()) {
                return template;
            }
        } catch (PromptTemplateException e) {
            problems.addAll(e.problems());
        }
        throw new PromptTemplateException(PromptTemplateException.INVALID, "the template", problems);
    }

    private static Map<String, @Nullable Object> map(@Nullable Object value, String place, List<String> problems) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> map) {
            map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
        } else {
            problems.add((place.isEmpty() ? "" : place + ": ") + "is a map, not " + value);
        }
        return copy;
    }

    /** YAML has small integers, JSON values here have none. */
    private static @Nullable Object plain(@Nullable Object value) {
        if (value instanceof Integer number) {
            return number.longValue();
        }
        if (value instanceof List<?> list) {
            return list.stream().map(PromptTemplates::plain).toList();
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> copy = new LinkedHashMap<>();
            map.forEach((key, item) -> copy.put(String.valueOf(key), plain(item)));
            return copy;
        }
        return value;
    }

    private static PromptTemplateException invalid(List<String> problems) {
        return new PromptTemplateException(PromptTemplateException.INVALID, "the set of prompt templates", problems);
    }

    /**
     * Finds a template.
     *
     * @param reference a name with a version, as in {@code greeting@2}, or a name alone for its newest version
     * @return the template
     * @throws PromptTemplateException if there is none
     */
    public PromptTemplate find(String reference) {
        int at = reference.indexOf('@');
        TreeMap<Long, PromptTemplate> versions = templates.get(at < 0 ? reference : reference.substring(0, at));
        PromptTemplate found = versions == null
                ? null
                : at < 0 ? versions.lastEntry().getValue() : versions.get(version(reference.substring(at + 1)));
        if (found == null) {
            throw new PromptTemplateException(
                    PromptTemplateException.UNFILLED,
                    "finding template '" + reference + "'",
                    List.of("there is none; there are " + references()));
        }
        return found;
    }

    private static long version(String text) {
        return text.matches("[1-9][0-9]{0,17}") ? Long.parseLong(text) : 0;
    }

    /**
     * Returns what there is.
     *
     * @return as in {@code greeting@2}, in order
     */
    public List<String> references() {
        return templates.values().stream()
                .flatMap(versions -> versions.values().stream())
                .map(PromptTemplate::reference)
                .toList();
    }
}
