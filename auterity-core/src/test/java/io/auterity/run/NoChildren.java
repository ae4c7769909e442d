package io.auterity.run;

import io.auterity.definition.RunId;

/** The children of a run that has none. */
public final class NoChildren implements Bindings.Children {

    @Override
    public void start(Request request, Ended ended) {
        throw new AssertionError("no child is asked for");
    }

    @Override
    public void cancel(RunId child, String reason) {
        throw new AssertionError("no child is there");
    }
}
