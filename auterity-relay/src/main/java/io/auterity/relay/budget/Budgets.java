package io.auterity.relay.budget;

import io.auterity.relay.money.Meter;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.Price;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.Usage;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * Decides whether a call is paid for, and with what limit.
 *
 * <p>Before a call the most it can cost is set aside on every account that pays: tenant, team, key and run. If that does
 * not fit, the answer's limit of tokens is lowered; if even the fewest useful tokens do not fit, the next offer is tried;
 * if none fits, the call is refused with the reason. After the call its exact cost is booked and the rest set free. As
 * every attempt, retry and hedge has a reservation of its own, nothing is spent that was not reserved, however many calls
 * run at once.
 *
 * <p>A tenant without any budget may spend without limit; its lines stand in the ledger all the same. Thread-safe.
 */
public final class Budgets {

    private final List<Budget> budgets;
    private final BudgetStore store;
    private final InstantSource clock;
    private final BudgetListener listener;

    private record Payment(Budget budget, Account account) {}

    /**
     * Makes the budgets.
     *
     * @param budgets the limits; a scope has at most one for each period
     * @param store keeps balances and lines
     * @param clock the time, for periods and lines
     * @param listener told of thresholds and lines
     * @throws IllegalArgumentException if two limits are for the same scope and period
     */
    public Budgets(List<Budget> budgets, BudgetStore store, InstantSource clock, BudgetListener listener) {
        this.budgets = List.copyOf(budgets);
        this.store = Objects.requireNonNull(store, "store");
        this.clock = Objects.requireNonNull(clock, "clock");
        this.listener = Objects.requireNonNull(listener, "listener");
        Set<List<Object>> seen = new HashSet<>();
        for (Budget budget : budgets) {
            if (!seen.add(List.of(budget.scope(), budget.each(), budget.period()))) {
                throw new IllegalArgumentException(
                        "there are two " + budget.period() + " budgets of " + budget.scope());
            }
        }
    }

    /**
     * A call to be paid for.
     *
     * @param id unique for each attempt, retries and hedges included
     * @param request the request it is for
     * @param scope who pays
     * @param offers the models that would do, the preferred one first, at least one
     * @param isApproved whether somebody has approved it
     */
    public record Ask(String id, String request, Scope scope, List<Offer> offers, boolean isApproved) {
        /** Checks that there is an offer. */
        public Ask {
            offers = List.copyOf(offers);
            if (offers.isEmpty()) {
                throw new IllegalArgumentException("a call has at least one model that would do");
            }
        }
    }

    /**
     * Sets the money for a call aside.
     *
     * @param ask the call
     * @return leave to make it
     * @throws BudgetException if no offer fits, or if the store has no room for an account, with the reason
     */
    public Grant reserve(Ask ask) {
        Instant now = clock.instant();
        List<Payment> payments = payments(ask.scope(), now);
        List<Offer> offers = enforced(ask, payments);
        List<Reservation.Claim> claims = claims(payments);
        BudgetStore.Shortage shortage = null;
        for (Offer offer : offers) {
            Optional<Long> output = Optional.of(offer.most().count(Meter.OUTPUT));
            while (output.isPresent()) {
                Money amount = offer.amount(output.get());
                Optional<BudgetStore.Shortage> refusal =
                        store.reserve(new Reservation(worst(ask, offer, output.get(), now), claims));
                if (refusal.isEmpty()) {
                    return new Grant(ask.id(), ask.request(), ask.scope(), offer, output.get(), amount);
                }
                shortage = refusal.get();
                // Others spend meanwhile, so what was affordable may not be any more; each turn lowers the limit.
                output = output.get() == 0 ? Optional.empty() : offer.affordable(shortage.left(), output.get() - 1);
            }
        }
        throw refused(offers, Objects.requireNonNull(shortage));
    }

    /** An account pays once, although it may be under a budget of its own and under one for each of its level. */
    private static List<Reservation.Claim> claims(List<Payment> payments) {
        Map<Account, Money> limits = new LinkedHashMap<>();
        payments.forEach(
                payment -> limits.merge(payment.account(), payment.budget().limit(), Money::min));
        return limits.entrySet().stream()
                .map(entry -> new Reservation.Claim(entry.getKey(), entry.getValue()))
                .toList();
    }

    /** What is booked if this process dies during the call. */
    private static LedgerLine worst(Ask ask, Offer offer, long output, Instant now) {
        Charge charge = new Charge(
                offer.model(),
                offer.tier(),
                offer.most().with(Meter.OUTPUT, output),
                offer.cost(output),
                offer.price().certainty(),
                offer.price().book());
        return new LedgerLine(ask.id(), ask.request(), now, ask.scope(), LedgerLine.Kind.UNSETTLED, charge);
    }

    /** The offers that the thresholds leave: of those that every one allows, the cheapest under a downgrade. */
    private List<Offer> enforced(Ask ask, List<Payment> payments) {
        List<PassedThreshold> thresholds = payments.stream()
                .filter(payment -> !payment.budget().thresholds().isEmpty()) // otherwise the store need not be asked
                .flatMap(payment -> passed(payment, store.balance(payment.account())).stream())
                .toList();
        List<Offer> offers = ask.offers();
        for (PassedThreshold passed : thresholds) {
            if (passed.threshold().enforcement() instanceof Enforcement.RequireApproval && !ask.isApproved()) {
                throw new BudgetException(
                        BudgetException.APPROVAL, passed + "\n  fix: " + Enforcement.RequireApproval.FIX);
            }
            offers = offers.stream()
                    .filter(offer -> passed.allows(offer.model()))
                    .toList();
            if (offers.isEmpty()) {
                throw BudgetException.forbidden(passed);
            }
        }
        return thresholds.stream().anyMatch(PassedThreshold::isDowngrade) ? List.of(cheapest(offers)) : offers;
    }

    private static Offer cheapest(List<Offer> offers) {
        return offers.stream()
                .min(Comparator.comparing((Offer offer) -> !offer.isPriced())
                        .thenComparing(offer -> offer.amount(offer.most().count(Meter.OUTPUT))))
                .orElseThrow();
    }

    /** What is in force for a call that an account pays. */
    private static List<PassedThreshold> passed(Payment payment, Balance balance) {
        Money limit = payment.budget().limit();
        return payment.budget().thresholds().stream()
                .filter(threshold -> !(threshold.enforcement() instanceof Enforcement.Notify))
                .filter(threshold -> balance.used().compareTo(limit.percent(threshold.percent())) >= 0)
                .map(threshold -> new PassedThreshold(describe(payment), threshold))
                .toList();
    }

    private BudgetException refused(List<Offer> offers, BudgetStore.Shortage shortage) {
        Money least = offers.stream()
                .map(offer -> offer.amount(offer.minOutput()))
                .min(Comparator.naturalOrder())
                .orElse(Money.ZERO);
        Account account = shortage.claim().account();
        return new BudgetException(
                BudgetException.SPENT,
                "the " + account.period() + " budget of " + account.payer() + " has " + shortage.left() + " of "
                        + shortage.claim().limit() + " left, and the call needs at least " + least
                        + (account.period() == Period.TOTAL
                                ? ""
                                : "; it begins anew at " + account.window().closes())
                        + "\n  fix: ask for fewer tokens, or raise the budget");
    }

    private static String describe(Payment payment) {
        return "the " + payment.budget().period() + " budget of "
                + payment.account().payer();
    }

    private List<Payment> payments(Scope scope, Instant now) {
        List<Payment> payments = new ArrayList<>();
        for (Scope payer : scope.lineage()) {
            for (Budget budget : budgets) {
                budget.account(payer, now).ifPresent(account -> payments.add(new Payment(budget, account)));
            }
        }
        return payments;
    }

    /**
     * Books what a call cost, and sets the rest free. If the provider reports something that has no price, what was set
     * aside is booked, or what the rest costs if that is more.
     *
     * @param grant the leave it was made with
     * @param usage what it used
     * @param kind how that is known
     * @return the line, or empty if the grant was settled or released before
     */
    public Optional<LedgerLine> settle(Grant grant, Usage usage, LedgerLine.Kind kind) {
        return settle(grant, usage, kind, grant.offer().tier(), grant.offer().price());
    }

    /**
     * Books what a call cost that was made in another class of service than was expected, and sets the rest free. If it, or
     * something that the provider reports, has no price, what was set aside is booked, or what the rest costs, at these or at the expected
     * rates, if that is more.
     *
     * @param grant the leave it was made with
     * @param usage what it used
     * @param kind how that is known
     * @param tier the class of service
     * @param price its price
     * @return the line, or empty if the grant was settled or released before
     */
    public Optional<LedgerLine> settle(Grant grant, Usage usage, LedgerLine.Kind kind, ServiceTier tier, Price price) {
        Charge charge = charge(grant, Charge.of(grant.offer().model(), tier, usage, price), price);
        Instant now = clock.instant();
        LedgerLine line = new LedgerLine(grant.id(), grant.request(), now, grant.scope(), kind, charge);
        Optional<Map<Account, Balance>> after = store.settle(grant.id(), line);
        after.ifPresent(balances -> {
            listener.onLine(line);
            balances.forEach((account, balance) -> tellThresholds(account, balance, charge.booked()));
        });
        return after.map(balances -> line);
    }

    /** What was set aside is not given back because a provider reports something that has no price. */
    private static Charge charge(Grant grant, Charge charge, Price price) {
        if (charge.cost().isPresent() || !grant.offer().isPriced()) {
            return charge;
        }
        Money booked = grant.amount()
                .max(price.atLeast(charge.usage()))
                .max(grant.offer().price().atLeast(charge.usage()));
        return new Charge(
                charge.model(),
                charge.tier(),
                charge.usage(),
                Optional.of(booked),
                Price.Certainty.WORST_CASE,
                charge.book());
    }

    private void tellThresholds(Account account, Balance after, Money cost) {
        for (Budget budget : budgets) {
            if (budget.account(account.payer(), account.window().opens()).equals(Optional.of(account))) {
                Money now = after.spent().plus(after.overrun());
                for (Threshold threshold : budget.thresholds()) {
                    Money mark = budget.limit().percent(threshold.percent());
                    if (now.compareTo(mark) >= 0 && mark.isMoreThan(now.minus(cost))) {
                        listener.onThreshold(budget, account, threshold, after);
                    }
                }
            }
        }
    }

    /**
     * Notes a call that was answered from a cache: a line that costs nothing.
     *
     * @param request the request
     * @param scope who would have paid
     * @param charge the model that once answered, with nothing used
     * @return the line
     */
    public LedgerLine note(String request, Scope scope, Charge charge) {
        if (!charge.booked().equals(Money.ZERO)) {
            throw new IllegalArgumentException("what costs something is reserved first");
        }
        LedgerLine line = new LedgerLine(request, request, clock.instant(), scope, LedgerLine.Kind.CACHED, charge);
        store.reserve(new Reservation(line, List.of()));
        store.settle(line.id(), line);
        listener.onLine(line);
        return line;
    }

    /**
     * Sets the money free for a call that costs nothing.
     *
     * @param grant the leave it was made with, or was to be made with
     */
    public void release(Grant grant) {
        store.release(grant.id());
    }

    /**
     * Gives money back for a line, once.
     *
     * @param line the line
     * @param amount how much, at most what it cost
     * @return whether it was given back now
     * @throws IllegalArgumentException if that is more than the line cost
     */
    public boolean refund(LedgerLine line, Money amount) {
        LedgerLine credit = line.credit(clock.instant(), amount);
        boolean isGiven = store.refund(line.id(), credit);
        if (isGiven) {
            listener.onLine(credit);
        }
        return isGiven;
    }

    /**
     * Returns what a scope and everyone around it may still spend at this moment; each call may change it.
     *
     * @param scope the scope
     * @return the least that is left on any account that pays, or empty if there is no budget
     */
    public Optional<Money> left(Scope scope) {
        return allowance(scope).left();
    }

    /**
     * Returns what a scope and everyone around it may still spend at this moment, and what is in force for its calls. Another
     * moment has other answers: what a call may do is decided by {@link #reserve}.
     *
     * @param scope the scope
     * @return what is left, and the thresholds that are passed
     */
    public Allowance allowance(Scope scope) {
        Optional<Money> left = Optional.empty();
        List<PassedThreshold> passed = new ArrayList<>();
        for (Payment payment : payments(scope, clock.instant())) {
            Balance balance = store.balance(payment.account());
            Money rest = balance.left(payment.budget().limit());
            left = Optional.of(left.map(rest::min).orElse(rest));
            passed.addAll(passed(payment, balance));
        }
        return new Allowance(left, passed);
    }

    /**
     * Returns what every account that anything has happened on has left at this moment, under the budget it belongs to.
     * A budget without such an account has its limit left.
     *
     * @return the standings, in the order of the budgets, and those of one budget in the order of their accounts' names
     */
    public List<Standing> standings() {
        Instant now = clock.instant();
        List<Standing> all = new ArrayList<>();
        for (Budget budget : budgets) {
            Map<Account, Balance> balances = new TreeMap<>(
                    Comparator.comparing(account -> account.payer().toString()));
            store.balances(budget.scope(), now).forEach((account, balance) -> {
                if (budget.account(account.payer(), now).equals(Optional.of(account))) {
                    balances.put(account, balance);
                }
            });
            if (budget.each().isEmpty()) {
                balances.putIfAbsent(budget.account(budget.scope(), now).orElseThrow(), Balance.NONE);
            }
            balances.forEach((account, balance) -> all.add(new Standing(budget, account, balance)));
        }
        return all;
    }

    /**
     * How an account stands under its budget.
     *
     * @param budget the budget
     * @param account the account, in its present window
     * @param balance what stands on it
     */
    public record Standing(Budget budget, Account account, Balance balance) {

        /**
         * Returns what another call may reserve.
         *
         * @return the rest, never negative
         */
        public Money left() {
            return balance.left(budget.limit());
        }
    }

    /**
     * Finds a line of the ledger.
     *
     * @param id its id
     * @return the line, or empty if there is none
     */
    public Optional<LedgerLine> line(String id) {
        return store.line(id);
    }

    /**
     * Returns what a scope and everything inside it has spent, whatever the time: of the scope of a run, what that run cost.
     *
     * @param scope the scope
     * @return the sum of its lines
     */
    public Spending spending(Scope scope) {
        return Spending.of(lines(scope));
    }

    /**
     * Returns the lines of a scope and everything inside it.
     *
     * @param scope the scope
     * @return the lines, oldest first
     */
    public List<LedgerLine> lines(Scope scope) {
        return store.lines(scope);
    }
}
