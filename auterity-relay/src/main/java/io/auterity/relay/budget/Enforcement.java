package io.auterity.relay.budget;

import io.auterity.relay.money.ModelName;
import java.util.Set;

/** What happens from a threshold of a budget on. */
public sealed interface Enforcement {

    /** Listeners are told, once for each window. */
    record Notify() implements Enforcement {}

    /**
     * Only some models may be called.
     *
     * @param allowed the models
     */
    record RestrictModels(Set<ModelName> allowed) implements Enforcement {
        /** Copies the models. */
        public RestrictModels {
            allowed = Set.copyOf(allowed);
        }
    }

    /** A call needs somebody's approval. */
    record RequireApproval() implements Enforcement {}

    /** The cheapest of the models that would do is called. */
    record Downgrade() implements Enforcement {}

    /** No call is made, although money is left; without this, calls end when the money does. */
    record Block() implements Enforcement {}
}
