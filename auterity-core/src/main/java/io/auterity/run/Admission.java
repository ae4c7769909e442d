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
 * within a workflow the first to come is the first to go. A child run takes no place of its own beside its parent's,
 * which waits for it: parents that hold all places while their children queue would wait for ever. It still keeps to the
 * limit of its workflow. Thread-safe.
 */
public final class Admission {

    private final int maxRuns;
    private final int maxQueued;

    // All below guarded by this.
    private final Map<String, Integer> running = new HashMap<>();
    private final Map<Lane, Queue<Ticket>> waiting = new LinkedHashMap<>();
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
     * @param child whether a run under way waits for this one
     * @param begin called once, when there is a place; before this method returns if there is one now, later on the
     *     thread that gives a place back
     * @return the place, or empty when the queue is full
     */
    public Optional<Ticket> enter(String workflow, Optional<Integer> maxOfWorkflow, boolean child, Runnable begin) {
        Ticket ticket = new Ticket(new Lane(workflow, child), maxOfWorkflow.orElse(Integer.MAX_VALUE), begin);
        synchronized (this) {
            if (!waiting.containsKey(ticket.lane) && hasPlace(ticket)) {
                take(ticket);
            } else if (queued == maxQueued) {
                return Optional.empty();
            } else {
                waiting.computeIfAbsent(ticket.lane, any -> new ArrayDeque<>()).add(ticket);
                queued++;
                return Optional.of(ticket);
            }
        }
        begin.run();
        return Optional.of(ticket);
    }

    private boolean hasPlace(Ticket ticket) {
        return (ticket.lane.child || total < maxRuns)
                && running.getOrDefault(ticket.lane.workflow, 0) < ticket.maxOfWorkflow;
    }

    private void take(Ticket ticket) {
        ticket.admitted = true;
        total += ticket.lane.child ? 0 : 1;
        running.merge(ticket.lane.workflow, 1, Integer::sum);
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
                total -= ticket.lane.child ? 0 : 1;
                running.computeIfPresent(ticket.lane.workflow, (any, count) -> count == 1 ? null : count - 1);
            } else {
                Queue<Ticket> queue = waiting.get(ticket.lane);
                if (queue != null && queue.remove(ticket)) {
                    queued--;
                    if (queue.isEmpty()) {
                        waiting.remove(ticket.lane);
                    }
                }
            }
            admitNext(next);
        }
        next.forEach(admitted -> admitted.begin.run());
    }

    private void admitNext(List<Ticket> next) {
        boolean found = true;
        while (found && queued > 0) {
            found = false;
            for (Map.Entry<Lane, Queue<Ticket>> entry : List.copyOf(waiting.entrySet())) {
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

    /** Runs that queue behind each other; children apart, so that none waits behind a run that waits for its parent. */
    private record Lane(String workflow, boolean child) {}

    /** A place, or a claim to one. */
    public static final class Ticket {
        private final Lane lane;
        private final int maxOfWorkflow;
        private final Runnable begin;
        private boolean admitted;
        private boolean left;

        private Ticket(Lane lane, int maxOfWorkflow, Runnable begin) {
            this.lane = lane;
            this.maxOfWorkflow = maxOfWorkflow;
            this.begin = begin;
        }
    }
}
