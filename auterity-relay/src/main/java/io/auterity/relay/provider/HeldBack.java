package io.auterity.relay.provider;

import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Holds back what comes before the first content of a stream, so that the call can be made again with another key as if
 * nothing had come. Confined to the thread of its call.
 */
final class HeldBack implements Sink {

    private final Sink sink;
    private final List<Consumer<Sink>> held = new ArrayList<>();
    private boolean isBegun;

    HeldBack(Sink sink) {
        this.sink = sink;
    }

    /** Says whether content has been passed on, after which nothing can be taken back. */
    boolean isBegun() {
        return isBegun;
    }

    /** Passes on what is held, and all that follows. */
    void release() {
        isBegun = true;
        held.forEach(piece -> piece.accept(sink));
        held.clear();
    }

    private void content(Consumer<Sink> piece) {
        release();
        piece.accept(sink);
    }

    private void hold(Consumer<Sink> piece) {
        if (isBegun) {
            piece.accept(sink);
        } else {
            held.add(piece);
        }
    }

    @Override
    public void event(ProviderEvent event) {
        hold(to -> to.event(event));
    }

    @Override
    public void text(String text) {
        content(to -> to.text(text));
    }

    @Override
    public void refusal(String text) {
        content(to -> to.refusal(text));
    }

    @Override
    public void reasoning(String text) {
        content(to -> to.reasoning(text));
    }

    @Override
    public void tool(int index, String id, String name, String arguments) {
        content(to -> to.tool(index, id, name, arguments));
    }

    @Override
    public void tier(ServiceTier tier) {
        sink.tier(tier);
    }

    @Override
    public void usage(Usage usage) {
        hold(to -> to.usage(usage));
    }
}
