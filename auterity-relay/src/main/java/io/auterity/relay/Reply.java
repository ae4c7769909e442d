package io.auterity.relay;

import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.decide.Decision;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderException;
import java.util.List;

/**
 * An answer, what it cost, and why it came from where it came.
 *
 * @param answer what the model answered
 * @param deployment who answered
 * @param line what stands in the ledger for it
 * @param failures what failed before, in order
 * @param explanation why this model was chosen
 */
public record Reply(
        ProviderAnswer answer,
        Deployment deployment,
        LedgerLine line,
        List<ProviderException> failures,
        Decision.Explanation explanation) {

    /** Copies the failures. */
    public Reply {
        failures = List.copyOf(failures);
    }
}
