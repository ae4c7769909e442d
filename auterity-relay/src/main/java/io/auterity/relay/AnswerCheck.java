package io.auterity.relay;

import io.auterity.connector.JsonSchema;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.util.List;
import java.util.Optional;

/** Says whether the text of an answer is what was asked for. Called by the thread of a call, by those of many calls at once. */
@FunctionalInterface
public interface AnswerCheck {

    /**
     * Checks a text.
     *
     * @param text what a model answered
     * @return what is to be made of it
     */
    Verdict check(String text);

    /**
     * What is to be made of an answer.
     *
     * @param text the answer: as the model wrote it, or repaired
     * @param problem what is wrong with it, as in {@code is no JSON}, for the model to read; empty if it is right
     */
    record Verdict(String text, Optional<String> problem) {

        /** What a model is told of its mistakes, and a caller, at most. */
        private static final int LONGEST_PROBLEM = 2_000;

        /** Cuts what nobody would read to the end. */
        public Verdict {
            problem = problem.map(what -> what.substring(0, Math.min(LONGEST_PROBLEM, what.length())));
        }

        /**
         * Takes an answer.
         *
         * @param text the answer, repaired if that needs no model
         * @return the verdict
         */
        public static Verdict right(String text) {
            return new Verdict(text, Optional.empty());
        }

        /**
         * Rejects an answer.
         *
         * @param text the answer
         * @param problem what is wrong with it
         * @return the verdict
         */
        public static Verdict wrong(String text, String problem) {
            return new Verdict(text, Optional.of(problem));
        }
    }

    /**
     * Makes a check of JSON against a schema. JSON between the three back-quotes that models like to put around it is taken out
     * of them; nothing else of an answer is changed.
     *
     * @param schema the schema
     * @return the check
     */
    static AnswerCheck of(JsonSchema schema) {
        return text -> {
            String json = unfenced(text);
            try {
                List<String> problems = schema.problems(Json.read(json));
                return problems.isEmpty()
                        ? Verdict.right(json)
                        : Verdict.wrong(text, "does not satisfy the schema: " + String.join("; ", problems));
            } catch (JsonException e) {
                return Verdict.wrong(text, "is no JSON: " + e.getMessage());
            }
        };
    }

    private static String unfenced(String answer) {
        String text = answer.strip();
        boolean isFenced = text.startsWith("```") && text.endsWith("```") && text.indexOf('\n') > 0;
        return isFenced
                ? text.substring(text.indexOf('\n') + 1, text.length() - "```".length())
                        .strip()
                : answer;
    }
}
