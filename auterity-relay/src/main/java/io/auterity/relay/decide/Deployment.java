package io.auterity.relay.decide;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import java.util.Objects;

/**
 * One place where a model can be called. The model belongs to the deployment: a call that moves to another deployment is
 * made under that one's name.
 *
 * @param id unique among all
 * @param model the model it serves, by the name its provider knows
 * @param region where it computes, as in {@code eu}; empty for anywhere
 * @param tier the class of service, which decides the price
 */
public record Deployment(String id, ModelName model, String region, ServiceTier tier) {

    /** Checks the parts. */
    public Deployment {
        Objects.requireNonNull(model, "model");
        Objects.requireNonNull(region, "region");
        Objects.requireNonNull(tier, "tier");
        if (id.isBlank()) {
            throw new IllegalArgumentException("a deployment has an id");
        }
    }
}
