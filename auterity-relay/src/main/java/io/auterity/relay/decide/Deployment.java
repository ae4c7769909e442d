package io.auterity.relay.decide;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import java.util.Objects;

/**
 * One place where a model can be called. The model belongs to the deployment: a call that moves to another deployment is
 * made under that one's name. Prices, budgets and what is learned go by {@code model}, wherever it is called.
 *
 * @param id unique among all
 * @param model the model it serves
 * @param region where it computes, as in {@code eu}; empty for anywhere
 * @param tier the class of service, which decides the price
 * @param provider who is called, as in {@code azure-eu}
 * @param name what the model, or the deployment, is called there, 1 to 200 characters
 */
public record Deployment(String id, ModelName model, String region, ServiceTier tier, String provider, String name) {

    /** Checks the parts. */
    public Deployment {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(tier, "tier");
        if (id.isBlank()) {
            throw new IllegalArgumentException("a deployment has an id");
        }
        new ModelName(provider, name); // which has the same bounds
    }

    /**
     * Makes one at the model's own provider, under the model's own name.
     *
     * @param id unique among all
     * @param model the model it serves, by the name its provider knows
     * @param region where it computes, as in {@code eu}; empty for anywhere
     * @param tier the class of service, which decides the price
     */
    public Deployment(String id, ModelName model, String region, ServiceTier tier) {
        this(id, model, region, tier, model.provider(), model.model());
    }
}
