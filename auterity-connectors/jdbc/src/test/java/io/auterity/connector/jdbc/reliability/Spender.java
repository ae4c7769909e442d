package io.auterity.connector.jdbc.reliability;

import io.auterity.connector.jdbc.JdbcBudgetStore;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayException;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Provider;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.rules.Rules;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A process with a relay that calls a model until the money is gone. It says {@code READY} when the relay is there; a number
 * on its standard input lets it make so many calls more, {@code drain} as many as there is money for; then it says {@code
 * DRAINED} and ends. The model's provider lives in the process and writes every call that it charges to a file, its bill,
 * before it answers.
 */
final class Spender {

    /** The system property with the number of calls after which the provider charges and never answers. */
    static final String HELD_AFTER = "spender.held-after";

    static final int THREADS = 8;
    static final Scope ACME = Scope.tenant("acme");
    static final Money CAP = Money.dollars("5");
    static final Instant NOW = Instant.parse("2026-05-01T08:00:00Z");

    /** What one answer can cost at most, its prompt of a few tokens included. */
    static final Money DEAREST_CALL = Money.dollars("0.02");

    private static final ModelName MODEL = ModelName.of("openai/gpt-4o");
    private static final int ALL = 1_000_000;

    private final String name;
    private final Relay relay;
    private final Bill bill;
    private final Semaphore permits = new Semaphore(0);
    private final AtomicInteger calls = new AtomicInteger();

    private Spender(String name, JdbcJournal journal, Bill bill) {
        this.name = name;
        this.bill = bill;
        Policy policy = new Policy(
                List.of(new ModelCard(MODEL, Set.of(), 128_000, 16_384, Duration.ofMillis(500))),
                List.of(
                        new Deployment("one", MODEL, "", ServiceTier.STANDARD),
                        new Deployment("two", MODEL, "", ServiceTier.STANDARD)),
                Rules.NONE,
                new Policy.Prices(PriceBook.shipped(), UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT);
        Budgets budgets = new Budgets(
                List.of(Budget.of(ACME, Period.DAILY, CAP)),
                JdbcBudgetStore.in(journal),
                () -> NOW,
                new BudgetListener() {});
        relay = Relay.builder(policy, () -> NOW)
                .provider("openai", new Billing())
                .budgets(budgets)
                .build();
    }

    /**
     * What the provider has charged: a line for each call.
     *
     * @param file where it stands
     */
    record Bill(Path file) {

        void add(String kind, Money cost) {
            byte[] line = (kind + " " + cost.nanos() + "\n").getBytes(StandardCharsets.US_ASCII);
            try (OutputStream out = Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
                out.write(line); // one write, so that lines stay whole; it outlives the process
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** Returns the charges of a kind. */
        List<Money> charges(String kind) {
            try (var lines = Files.lines(file)) {
                return lines.filter(line -> line.startsWith(kind + " "))
                        .map(line -> new Money(Long.parseLong(line.substring(kind.length() + 1))))
                        .toList();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    public static void main(String[] arguments) throws Exception {
        try (JdbcJournal journal = new Store(arguments[0]).open()) {
            new Spender(arguments[1], journal, new Bill(Path.of(arguments[2]))).spend();
        }
        System.exit(0);
    }

    private void spend() throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler((thread, thrown) -> {
            thrown.printStackTrace();
            Runtime.getRuntime().halt(4); // rather than to wait with one caller less
        });
        Thread commands = new Thread(this::listen);
        commands.setDaemon(true);
        commands.start();
        System.out.println("READY");
        List<Thread> threads = new ArrayList<>();
        for (int caller = 0; caller < THREADS; caller++) {
            Thread thread = new Thread(this::callUntilRefused);
            threads.add(thread);
            thread.start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        System.out.println("DRAINED");
    }

    private void listen() {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                permits.release(line.equals("drain") ? ALL : Integer.parseInt(line));
            }
            Runtime.getRuntime().halt(3); // whoever started this process is gone
        } catch (IOException e) {
            Runtime.getRuntime().halt(3);
        }
    }

    private void callUntilRefused() {
        while (true) {
            permits.acquireUninterruptibly();
            int number = calls.incrementAndGet();
            RelayRequest request = RelayRequest.of(name + "-" + number, ACME, Prompt.of("Call " + number));
            try {
                if (number % 2 == 0) {
                    relay.call(request);
                } else {
                    relay.stream(request, Sink.NONE);
                }
            } catch (BudgetException moneyIsGone) {
                return;
            } catch (RelayException e) {
                if (e.status() == BudgetException.STATUS) {
                    return;
                } // else nobody was reached
            }
        }
    }

    /** A provider that answers at some length, is not reached one time in twenty, and charges what it answers. */
    private final class Billing implements Provider {

        private final int heldAfter = Integer.getInteger(HELD_AFTER, ALL);
        private final AtomicInteger answers = new AtomicInteger();

        @Override
        public ProviderAnswer call(ProviderCall call, Sink sink) {
            int number = answers.incrementAndGet();
            Random random = new Random(31L * name.hashCode() + number);
            boolean isHeld = number > heldAfter;
            if (!isHeld && random.nextInt(20) == 0) {
                throw new ProviderException(ErrorClass.KEY, "401");
            }
            Usage usage = Usage.of(5, 1 + random.nextInt((int) call.maxOutput()));
            Money cost = PriceBook.shipped()
                    .price(MODEL, ServiceTier.STANDARD, usage.inputTokens(), UnknownPrice.REFUSE)
                    .cost(usage)
                    .orElseThrow();
            bill.add(isHeld ? "held" : "answered", cost);
            while (isHeld) {
                LockSupport.park(this);
            }
            sink.text("xx");
            return new ProviderAnswer("xx", List.of(), "stop", Optional.of(usage), Optional.empty());
        }
    }
}
