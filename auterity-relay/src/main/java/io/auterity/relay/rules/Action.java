package io.auterity.relay.rules;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.ServiceTier;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a rule does with a call it matches. Immutable. */
public sealed interface Action {

    /**
     * Only these models may answer; the first that can is preferred.
     *
     * @param models the models, at least one
     */
    record UseModels(List<ModelName> models) implements Action {
        /** Copies the models. */
        public UseModels {
            models = List.copyOf(models);
        }
    }

    /**
     * Only models of this provider may answer.
     *
     * @param provider the provider's name
     */
    record UseProvider(String provider) implements Action {}

    /**
     * Sets parameters of the request, as {@code temperature}.
     *
     * @param parameters JSON values by name
     */
    record Transform(Map<String, @Nullable Object> parameters) implements Action {
        /** Copies the parameters; another class of service than the deployment's would have another price. */
        public Transform {
            parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
            Object tier = parameters.get("service_tier");
            if (!ServiceTier.isUnsaid(tier)) {
                throw new IllegalArgumentException("sets service_tier to " + tier
                        + ", which has another price than the deployments; remove it, and write the tier of each"
                        + " deployment where it is defined");
            }
        }
    }

    /**
     * Adds a message before those of the request.
     *
     * @param role who speaks, as {@code system}
     * @param text what is said
     */
    record Inject(String role, String text) implements Action {}

    /**
     * Refuses the call.
     *
     * @param status the HTTP status, 400 to 599
     * @param message why, for the caller
     */
    record Reject(int status, String message) implements Action {}

    /**
     * Writes a line to the log.
     *
     * @param message the line
     */
    record Log(String message) implements Action {}

    /**
     * Limits what the call may cost.
     *
     * @param most the most
     */
    record CostLimit(Money most) implements Action {}

    /** Makes the call need somebody's approval. */
    record RequireApproval() implements Action {}
}
