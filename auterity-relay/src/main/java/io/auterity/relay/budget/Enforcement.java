package io.auterity.relay.budget;

import io.auterity.relay.money.ModelName;
import java.util.Set;

/** What happens from a threshold of a budget on. Immutable. */
public sealed interface Enforcement {

    /**
     * Returns what that is, as the end of a sentence.
     *
     * @return a clause, as in {@code calls are blocked}
     */
    String consequence();

    /**
     * Says whether a model may still be called.
     *
     * @param model the model
     * @return whether it may
     */
    default boolean allows(ModelName model) {
        return true;
    }

    /** Listeners are told, as of every threshold, once for each window; the call goes where it would have gone. */
    record Notify() implements Enforcement {
        @Override
        public String consequence() {
            return "nothing else happens";
        }
    }

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

        @Override
        public String consequence() {
            return "only these models may be called: "
                    + allowed.stream().sorted().toList();
        }

        @Override
        public boolean allows(ModelName model) {
            return allowed.contains(model);
        }
    }

    /** A call needs somebody's approval. */
    record RequireApproval() implements Enforcement {

        /** What can be done about a call that is refused for want of one. */
        public static final String FIX =
                "have it approved, and say so with the call: by 'approved' of an ai.* step in a workflow, by the header"
                        + " x-auterity-approved and a key that approves, or by RelayRequest.Limits.approved() in Java";

        @Override
        public String consequence() {
            return "calls need an approval";
        }
    }

    /**
     * The cheapest of the models that would do is called; dearer ones only if it fails. A model without a price is the
     * dearest.
     */
    record Downgrade() implements Enforcement {
        @Override
        public String consequence() {
            return "the cheapest model that would do is called";
        }
    }

    /** No call is made, although money is left; without this, calls end when the money does. */
    record Block() implements Enforcement {
        @Override
        public String consequence() {
            return "calls are blocked";
        }

        @Override
        public boolean allows(ModelName model) {
            return false;
        }
    }
}
