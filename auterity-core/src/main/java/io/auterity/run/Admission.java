package io.auterity.run;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;

/**
 * Which runs may be under way: so many in all, so many of each workflow, the rest in bounded queues.
 *
 * <p>Free places go round the workflows that wait, one run each, so that a flood of one workflow cannot starve another;
 * within a workflow the first to come is the first to go. Thread-safe.
 */
public final class Admission {

    private final int maxRuns;
    private final int maxQueued;

    // All below guarded by this.
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<String, Queue<Ticket>> waiting = new LinkedHashMap<>();
    private int total;
    private int queued;

    /**
     * Makes an empty admission.
     *
     * @param maxRuns the most runs under way
     * @param maxQueued the most runs waiting
     */
    public Admission(int maxRuns, int maxQueued) {
        this.maxRuns = maxRuns;
        this.maxQueued = maxQueued;
    }

    /**
     * Asks for a place.
     *
     * @param workflow the workflow's identifier
     * @param maxOfWorkflow the most runs of this workflow under way; none in particular when empty
     * @param begin called once, when there is a place; at once if there is one now
     * @return the place, or empty when the queue is full
     */
    public Optional<Ticket> enter(String workflow, Optional<Integer> maxOfWorkflow, Runnable begin) {
        Ticket ticket = new Ticket(workflow, maxOfWorkflow.orElse(Integer.MAX_VALUE), begin);
        synchronized (this) {
            if (!waiting.containsKey(workflow) && hasPlace(ticket)) {
                take(ticket);
            } else if (queued == maxQueued) {
                return Optional.empty();
            } else {
                waiting.computeIfAbsent(workflow, any -> new ArrayDeque<>()).add(ticket);
                queued++;
                return Optional.of(ticket);
            }
        }
        begin.run();
        return Optional.of(ticket);
    }

    private boolean hasPlace(Ticket ticket) {
        return total < maxRuns && running.getOrDefault(ticket.workflow, 0) < ticket.maxOfWorkflow;
    }

    private void take(Ticket ticket) {
        ticket.admitted = true;
        total++;
        running.merge(ticket.workflow, 1, Integer::sum);
    }

    /**
     * Gives a place back, or leaves the queue.
     *
     * @param ticket the place; a second call has no effect
     */
    public void leave(Ticket ticket) {
        List<Ticket> next = new ArrayList<>(1);
        synchronized (this) {
            if (ticket.left) {
                return;
            }
            ticket.left = true;
            if (ticket.admitted) {
                total--;
                running.computeIfPresent(ticket.workflow, (any, count) -> count == 1 ? null : count - 1);
            } else {
                Queue<Ticket> queue = waiting.get(ticket.workflow);
                if (queue != null && queue.remove(ticket)) {
                    queued--;
                    if (queue.isEmpty()) {
                        waiting.remove(ticket.workflow);
                    }
                }
            }
            admitNext(next);
        }
        next.forEach(admitted -> admitted.begin.run());
    }

    private void admitNext(List<Ticket> next) {
        boolean found = true;
        while (found && queued > 0 && total < maxRuns) {
            found = false;
            for (Map.Entry<String, Queue<Ticket>> entry : List.copyOf(waiting.entrySet())) {
                Ticket head = entry.getValue().element();
                if (hasPlace(head)) {
                    entry.getValue().remove();
                    queued--;
                    take(head);
                    next.add(head);
                    found = true;
                    waiting.remove(entry.getKey()); // and to the back of the round, if more of it wait
                    if (!entry.getValue().isEmpty()) {
                        waiting.put(entry.getKey(), entry.getValue());
                    }
                }
            }
        }
    }

    /** A place, or a claim to one. */
    public static final class Ticket {
        private final String workflow;
        private final int maxOfWorkflow;
        private final Runnable begin;
        private boolean admitted;
        private boolean left;

        private Ticket(String workflow, int maxOfWorkflow, Runnable begin) {
            this.workflow = workflow;
            this.maxOfWorkflow = maxOfWorkflow;
            this.begin = begin;
        }
    }
}
