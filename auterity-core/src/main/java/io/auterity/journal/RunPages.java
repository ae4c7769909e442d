package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.ArrayDeque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Set;

/**
 * Walks through the runs of a catalog, a page at a time, and meets each at most once although runs change and are
 * forgotten meanwhile: a page begins at the start time of the last run met, not just behind that run, which may be gone.
 * Confined to one thread.
 */
final class RunPages implements Iterator<RunSummary> {

    private final RunCatalog catalog;
    private final int size;
    private final Queue<RunSummary> page = new ArrayDeque<>();
    private final Set<RunId> metAtLastStart = new HashSet<>();
    private RunQuery next;
    private long lastStart;
    private boolean complete;

    RunPages(RunCatalog catalog, RunQuery.Filter filter, int size) {
        this.catalog = catalog;
        this.size = size;
        this.next = RunQuery.ALL.with(filter).limit(size);
    }

    @Override
    public boolean hasNext() {
        while (page.isEmpty() && !complete) {
            List<RunSummary> found = catalog.list(next);
            complete = found.size() < size;
            for (RunSummary run : found) {
                meet(run);
            }
            if (!found.isEmpty()) {
                RunQuery.Filter filter = next.filter();
                long before = Math.min(filter.startedBefore(), lastStart + 1);
                next = next.with(filter.started(filter.startedFrom(), before))
                        .after(found.get(found.size() - 1).id());
            }
        }
        return !page.isEmpty();
    }

    private void meet(RunSummary run) {
        if (run.start().at() != lastStart) {
            lastStart = run.start().at();
            metAtLastStart.clear();
        }
        if (metAtLastStart.add(run.id())) {
            page.add(run);
        }
    }

    @Override
    public RunSummary next() {
        if (!hasNext()) {
            throw new NoSuchElementException("no more runs");
        }
        return page.remove();
    }
}
