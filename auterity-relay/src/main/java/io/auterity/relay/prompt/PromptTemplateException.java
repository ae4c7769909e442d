package io.auterity.relay.prompt;

import io.auterity.definition.AuterityException;
import java.util.List;

/** A prompt template is wrong, is not there, or cannot be filled; its author or caller must act. */
public final class PromptTemplateException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** A text is no set of templates. */
    public static final String INVALID = "AUT-L010";

    /** There is no such template, or its values are not as it needs them. */
    public static final String UNFILLED = "AUT-L011";

    /** Each with its place. */
    private final transient List<String> problems;

    PromptTemplateException(String code, String subject, List<String> problems) {
        super(
                code,
                subject + " has " + (problems.size() == 1 ? "1 problem" : problems.size() + " problems") + ":\n  "
                        + String.join("\n  ", problems));
        this.problems = List.copyOf(problems);
    }

    /**
     * Returns what is wrong.
     *
     * @return a sentence each, with its place first
     */
    public List<String> problems() {
        return problems;
    }
}
