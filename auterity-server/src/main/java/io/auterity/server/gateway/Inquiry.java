package io.auterity.server.gateway;

import io.auterity.relay.decide.Capability;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a request asks, read from the form it came in.
 *
 * @param model the model's name as the caller wrote it
 * @param prompt the prompt, with the original where it must not be lost
 * @param maxOutput the limit of the answer that the caller wrote
 * @param isStream whether the answer is to come piece by piece
 * @param wantsUsage whether a stream is to end with what was used
 * @param needs what the model must be able to do
 * @param form whether providers of other interfaces may answer, and what is lost then
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
        Interface form,
        Set<String> unbounded,
        Map<String, Object> facts,
        Optional<String> conversation) {

    /**
     * The interface of the providers who understand all of a request.
     *
     * @param protocol the interface, in which chats are answered
     * @param only what in the request no other one has, by names that its author knows; if empty, all may answer
     * @param lost the fields that providers of another interface are not told
     * @param isAlone whether no other one has anything like the request, whatever is left out of it
     */
    record Interface(Protocol protocol, Set<String> only, List<String> lost, boolean isAlone) {

        /** Copies the parts. */
        Interface {
            only = Collections.unmodifiableSet(new TreeSet<>(only));
            lost = List.copyOf(lost);
        }

        /** One whose requests are translated. */
        static Interface translated(Protocol protocol, Set<String> only, List<String> lost) {
            return new Interface(protocol, only, lost, false);
        }

        /** One whose requests are not translated. */
        static Interface alone(String path) {
            return new Interface(Protocol.CHAT_COMPLETIONS, Set.of(path), List.of(), true);
        }

        boolean isFor(Protocol provider) {
            return only.isEmpty() || provider == protocol;
        }

        /** What a provider is not told. */
        List<String> lost(Protocol provider) {
            return provider == protocol ? List.of() : lost;
        }
    }

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
