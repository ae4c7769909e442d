package io.auterity.examples;

import io.auterity.Engine;
import io.auterity.Enqueue;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.journal.Journal;
import io.auterity.journal.RunQueue;
import java.time.Duration;
import java.util.function.Function;

/** Mails that wait in a queue: ten at a time, a hundred a minute, those of one customer one after the other. */
public final class MailQueue {

    private MailQueue() {}

    /**
     * A mail.
     *
     * @param to whom it is for
     * @param text what it says
     */
    public record Mail(String to, String text) {}

    /**
     * Queues a mail and waits until it has been sent.
     *
     * @param journal keeps the queue
     * @param server sends a mail and returns its receipt
     * @return the receipt
     */
    public static String welcome(Journal journal, Function<Mail, String> server) {
        Workflow<Mail, String> send = Workflow.define(
                "send", Mail.class, (flow, mail) -> flow.step("send").run(String.class, mail, server::apply));
        Engine engine = Engine.builder()
                .journal(journal)
                .register(send)
                .queue(RunQueue.named("mail").concurrency(10).perKey(1).rate(100, Duration.ofMinutes(1)))
                .build();

        Run<String> run = engine.enqueue(
                send,
                new Mail("kim@example.com", "Welcome"),
                Enqueue.to("mail").key("customer-7").priority(5));
        try (engine) {
            return run.await(Duration.ofMinutes(1)).orElseThrow();
        }
    }
}
