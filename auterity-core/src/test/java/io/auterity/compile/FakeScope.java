package io.auterity.compile;

import io.auterity.plan.Reference;
import io.auterity.plan.Scope;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Values by reference, as a run would have them; everything else is absent. */
final class FakeScope implements Scope {

    private final Map<Integer, Object> values = new HashMap<>();
    private final Map<Integer, Object> objects = new HashMap<>();
    private boolean cancelled;

    FakeScope with(Reference.Kind kind, int depth, int index, Object value) {
        values.put(Reference.of(kind, depth, index), value);
        return this;
    }

    FakeScope withStored(Reference.Kind kind, int depth, int index, Object value) {
        objects.put(Reference.of(kind, depth, index), value);
        return this;
    }

    FakeScope cancelled() {
        cancelled = true;
        return this;
    }

    @Override
    public @Nullable Object read(int reference) {
        return values.getOrDefault(reference, ABSENT);
    }

    @Override
    public @Nullable Object readStored(int reference) {
        return objects.getOrDefault(reference, read(reference));
    }

    @Override
    public boolean isCancelled() {
        return cancelled;
    }
}
