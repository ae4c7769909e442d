package io.auterity.relay.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.Encoding;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.auterity.relay.money.ModelName;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

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

    /** How many binary digits of a hash say where a word is kept. */
    private static final int PLACE_DIGITS = 14;

    private static final int LONGEST_WORD = 24;

    private final EncodingType type;
    private final List<String> families;

    /** Words that were counted, each at the place of its hash until another one needs that; threads may overwrite each other. */
    private final @Nullable Word[] words = new Word[1 << PLACE_DIGITS];

    private record Word(String text, int tokens) {}

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
            return words(encoding, text);
        }
        long tokens = 0;
        int from = 0;
        while (from < text.length()) {
            int to = Math.min(text.length(), from + PIECE);
            if (to < text.length() && Character.isHighSurrogate(text.charAt(to - 1))) {
                to--;
            }
            tokens += words(encoding, text.substring(from, to));
            from = to;
        }
        return tokens;
    }

    /**
     * Counts word by word. No token has a letter or a digit with a space behind it, so a text can be cut there, and most words
     * have been counted before.
     */
    private long words(Encoding encoding, String text) {
        long tokens = 0;
        int from = 0;
        for (int at = 1; at < text.length(); at++) {
            if (text.charAt(at) == ' ' && isPlain(text.charAt(at - 1))) {
                tokens += word(encoding, text.substring(from, at));
                from = at;
            }
        }
        return tokens + word(encoding, text.substring(from));
    }

    private static boolean isPlain(char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    }

    private int word(Encoding encoding, String text) {
        if (text.length() > LONGEST_WORD) {
            return encoding.countTokensOrdinary(text);
        }
        int place = (text.hashCode() * 0x9e3779b9) >>> (Integer.SIZE - PLACE_DIGITS);
        Word known = words[place];
        if (known == null || !known.text().equals(text)) {
            known = new Word(text, encoding.countTokensOrdinary(text));
            words[place] = known;
        }
        return known.tokens();
    }
}
