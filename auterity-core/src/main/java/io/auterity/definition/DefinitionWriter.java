package io.auterity.definition;

/**
 * Writes definitions as YAML or JSON in the short form that people write: defaults left out, keys in the order of the
 * manual, block style, quotes only where a text needs them.
 *
 * <p>Nothing is lost: {@link DefinitionReader} reads an equal definition from either text, if the definition keeps the
 * ranges that the reader asks for (whole durations up to {@link Durations#LONGEST}, names that are not blank, and so on)
 * and nests no deeper than its limits. Writing that again gives the same text.
 *
 * <p>Thread-safe: functions without state.
 */
public final class DefinitionWriter {

    private DefinitionWriter() {}

    /**
     * Writes YAML.
     *
     * @param definition a definition whose step names are unique in their blocks
     * @return the text, which ends with a line break
     * @throws IllegalArgumentException if two steps of a block have the same name
     */
    public static String yaml(Definition definition) {
        return YamlText.of(Document.shortest(definition));
    }

    /**
     * Writes JSON, with a line for each entry.
     *
     * @param definition a definition whose step names are unique in their blocks
     * @return the text, without a line break at the end
     * @throws IllegalArgumentException if two steps of a block have the same name
     */
    public static String json(Definition definition) {
        return Json.pretty(Document.shortest(definition));
    }
}
