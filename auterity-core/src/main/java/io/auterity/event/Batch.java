package io.auterity.event;

import io.auterity.definition.RunId;
import io.auterity.journal.JournalEntry;
import io.auterity.journal.JournalEntry.StepStarted;
import io.auterity.journal.JournalEntry.StepSucceeded;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Entries of one run on their way to its listeners, in the order in which they happened.
 *
 * <p>Filled by one thread; not changed once it has been {@linkplain EventDispatcher#publish published}, and read by any thread
 * from then on.
 */
public final class Batch {

    private static final JournalEntry[] NONE = {};
    private static final int FEW = 4;

    private final RunId run;
    private final String workflow;

    /** In pairs where a start is told with its success: the success stands twice. */
    private JournalEntry[] entries;

    private int size;

    /**
     * Makes an empty batch.
     *
     * @param run the run
     * @param workflow the workflow's identifier
     */
    public Batch(RunId run, String workflow) {
        this(run, workflow, NONE, 0);
    }

    private Batch(RunId run, String workflow, JournalEntry[] entries, int size) {
        this.run = run;
        this.workflow = workflow;
        this.entries = entries;
        this.size = size;
    }

    /**
     * Makes a batch of one entry.
     *
     * @param run the run
     * @param workflow the workflow's identifier
     * @param entry what happened
     * @return the batch
     */
    public static Batch of(RunId run, String workflow, JournalEntry entry) {
        return new Batch(run, workflow, new JournalEntry[] {entry}, 1);
    }

    RunId run() {
        return run;
    }

    String workflow() {
        return workflow;
    }

    /**
     * Returns how many entries there are.
     *
     * @return 0 or more
     */
    public int size() {
        return size;
    }

    /**
     * Adds an entry.
     *
     * @param entry what happened
     */
    public void add(JournalEntry entry) {
        if (size == entries.length) {
            entries = Arrays.copyOf(entries, Math.max(FEW, 2 * size));
        }
        entries[size++] = entry;
    }

    /**
     * Adds entries.
     *
     * @param more what happened, in order
     */
    public void addAll(JournalEntry... more) {
        for (JournalEntry entry : more) {
            add(entry);
        }
    }

    /**
     * Adds the start of a step's first attempt and its success, two entries. The first is made by whoever tells a listener,
     * since those who do quick steps have no time for it.
     *
     * @param success the success
     */
    public void addWithStart(StepSucceeded success) {
        add(success);
        add(success);
    }

    /**
     * Returns an empty batch for what happens next in the same run, with room for as much.
     *
     * @return the batch
     */
    public Batch next() {
        return new Batch(run, workflow, size <= FEW ? NONE : new JournalEntry[size], 0);
    }

    /** Those that came first. */
    Batch first(int count) {
        Batch first = new Batch(run, workflow, new JournalEntry[count], 0);
        forEach(entry -> {
            if (first.size < count) {
                first.add(entry);
            }
        });
        return first;
    }

    void forEach(Consumer<JournalEntry> teller) {
        JournalEntry[] all = entries;
        int count = size;
        for (int i = 0; i < count; i++) {
            JournalEntry entry = all[i];
            if (i + 1 < count && entry == all[i + 1] && entry instanceof StepSucceeded success) {
                teller.accept(new StepStarted(success.startedAt(), success.step(), success.attempt()));
                i++;
            }
            teller.accept(entry);
        }
    }
}
