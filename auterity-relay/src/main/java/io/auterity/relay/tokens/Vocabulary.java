package io.auterity.relay.tokens;

import com.knuddels.jtokkit.Encodings;
import com.knuddels.jtokkit.api.EncodingRegistry;
import com.knuddels.jtokkit.api.EncodingType;
import io.auterity.relay.money.ModelName;
import java.util.List;
import java.util.Optional;

/** The vocabularies of OpenAI that its chat and embedding models still use. */
enum Vocabulary {
    /** Since GPT-4o; also the yardstick for the models of others, whose vocabularies nobody publishes. */
    O200K(EncodingType.O200K_BASE, List.of("gpt-4o", "gpt-4.1", "gpt-4.5", "gpt-5", "gpt-oss", "chatgpt-4o", "o1", "o3", "o4")),
    /** GPT-3.5 and GPT-4, and the embeddings. */
    CL100K(EncodingType.CL100K_BASE, List.of("gpt-4", "gpt-3.5", "gpt-35", "text-embedding-3", "text-embedding-ada-002"));

    /** Each vocabulary is read when it is first used, which takes about a second and 30 MB, and stays. */
    private static final EncodingRegistry READ = Encodings.newLazyEncodingRegistry();

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

    long count(String text) {
        return READ.getEncoding(type).countTokensOrdinary(text);
    }
}
