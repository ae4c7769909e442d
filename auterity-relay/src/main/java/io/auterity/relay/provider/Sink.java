package io.auterity.relay.provider;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.util.List;

/**
 * Takes what arrives of a stream; called on the thread of the call, in order. A sink that takes its time slows the
 * provider down, because nothing is read ahead. What a sink throws ends the call.
 */
public interface Sink {

    /** Takes nothing. */
    Sink NONE = text -> {};

    /**
     * Who answers, and why.
     *
     * @param deployment where, and under which model's name
     * @param reasons why it was chosen, the most important first
     * @param most what the call can cost at most
     */
    record Beginning(Deployment deployment, List<String> reasons, Money most) {
        /** Copies the reasons. */
        public Beginning {
            reasons = List.copyOf(reasons);
        }
    }

    /**
     * Takes who answers; called once by the relay, before the first piece; from then on another deployment can go on with
     * the answer ({@link #continued}), but not begin it again.
     *
     * @param beginning who answers
     */
    default void begin(Beginning beginning) {}

    /**
     * Takes that the stream broke, and that what follows is another deployment's, which goes on where the text so far ends;
     * called by the relay before the first piece that follows. Only if the policy says so.
     *
     * @param beginning who answers now, and why
     */
    default void continued(Beginning beginning) {}

    /**
     * Takes an event as it came, before the pieces that are read from it. Providers that do not speak over HTTP have none.
     *
     * @param event the event
     */
    default void event(ProviderEvent event) {}

    /**
     * Takes a piece of the answer's text.
     *
     * @param text the piece, not empty
     */
    void text(String text);

    /**
     * Takes a piece of the words by which a model refuses to answer, where its interface tells these from an answer. They are
     * text unless a sink knows better.
     *
     * @param text the piece, not empty
     */
    default void refusal(String text) {
        text(text);
    }

    /**
     * Takes a piece of what the model thinks before it answers.
     *
     * @param text the piece, not empty
     */
    default void reasoning(String text) {}

    /**
     * Takes a piece of a call that the model wishes to make.
     *
     * @param index which of the calls, from 0
     * @param id its id, in the first piece only
     * @param name the tool's name, in the first piece only
     * @param arguments the next characters of the JSON text of its arguments
     */
    default void tool(int index, String id, String name, String arguments) {}

    /**
     * Takes what has been used so far, when the provider says so before the end.
     *
     * @param usage a running total
     */
    default void usage(Usage usage) {}

    /**
     * Takes in which class of service the provider says that it answers, of whole answers, too; what is charged for goes by it.
     *
     * @param tier {@link ServiceTier#STANDARD}, {@link ServiceTier#FLEX} or {@link ServiceTier#PRIORITY}
     */
    default void tier(ServiceTier tier) {}

    /**
     * Takes that the relay has stopped the stream, because the provider went on beyond the limit of the answer; called by the
     * relay before {@link #end}. The stream ends as one that its limit has ended ({@code length}), but no event of the
     * provider's says so.
     */
    default void stopped() {}

    /** Takes that a stream has ended well; called once by the relay, after the last piece. */
    default void end() {}
}
