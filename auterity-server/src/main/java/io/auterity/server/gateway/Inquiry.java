package io.auterity.server.gateway;

import io.auterity.relay.decide.Capability;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * What a request asks, read from the form it came in.
 *
 * @param model the model's name as the caller wrote it
 * @param prompt the prompt, with the original where it must not be lost
 * @param maxOutput the limit of the answer that the caller wrote
 * @param isStream whether the answer is to come piece by piece
 * @param wantsUsage whether a stream is to end with what was used
 * @param needs what the model must be able to do
 * @param protocols the interfaces that the providers who may answer have one of
 * @param unbounded what in the request has no bound of its cost before the call; empty if nothing has
 * @param facts what steering rules can look at
 * @param conversation by which a conversation stays where it was
 */
record Inquiry(
        String model,
        Prompt prompt,
        OptionalLong maxOutput,
        boolean isStream,
        boolean wantsUsage,
        Set<Capability> needs,
        Set<Protocol> protocols,
        Set<String> unbounded,
        Map<String, Object> facts,
        Optional<String> conversation) {

    /** Whether being answered twice does no harm: nothing but the model runs for it, and nothing is kept. */
    boolean isRepeatable() {
        Map<String, ?> fields =
                prompt.original().<Map<String, ?>>map(Original::body).orElse(prompt.parameters());
        boolean isUsuallyKept = prompt.original()
                .filter(original -> original.protocol() == Protocol.RESPONSES)
                .isPresent();
        Object store = fields.get("store");
        boolean isKept = isUsuallyKept ? !Boolean.FALSE.equals(store) : Boolean.TRUE.equals(store);
        return unbounded.isEmpty() && !isKept;
    }
}
