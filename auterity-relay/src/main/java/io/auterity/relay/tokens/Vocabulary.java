package io.auterity.relay.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.auterity.relay.money.ModelName;
import java.util.List;
import java.util.Optional;

/** The vocabularies of OpenAI that its chat and embedding models still use. */
enum Vocabulary {
    /** Since GPT-4o; also the yardstick for the models of others, whose vocabularies nobody publishes. */
    O200K(
            EncodingType.O200K_BASE,
            List.of("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4")),
    /** GPT-3.5 and GPT-4, and the embeddings. */
    CL100K(
            EncodingType.CL100K_BASE,
            List.of("gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3", "text-embedding-ada-002"));

    /** Each vocabulary is read when it is first used, which takes about a second and 30 MB, and stays. */
    private static final EncodingRegistry READ = Encodings.newLazyEncodingRegistry();

    private static final int PIECE = 16 * 1024;

    private final EncodingType type;
    private final List<String> families;

    Vocabulary(EncodingType type, List<String> families) {
        this.type = type;
        this.families = families;
    }

    /** The vocabulary that a model is known to have; whoever serves it under its own name, as Azure does. */
    static Optional<Vocabulary> of(ModelName model) {
        String name = model.model().substring(model.model().lastIndexOf('/') + 1);
        for (Vocabulary vocabulary : values()) {
            for (String family : vocabulary.families) {
                if (name.equals(family) || name.startsWith(family + "-")) {
                    return Optional.of(vocabulary);
                }
            }
        }
        return Optional.empty();
    }

    /**
     * Counts the tokens of a text. Long texts are cut: one word of a million letters would take a gigabyte, and a cut adds a
     * token at most.
     */
    long count(String text) {
        Encoding encoding = READ.getEncoding(type);
        if (text.length() <= PIECE) {
            return encoding.countTokensOrdinary(text);
        }
        long tokens = 0;
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + PIECE);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                to--;
            }
            tokens += encoding.countTokensOrdinary(text.substring(from, to));
            from = to;
        }
        return tokens;
    }
}
