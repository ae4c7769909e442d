package io.auterity.relay.budget;

import io.auterity.relay.money.Money;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * The most that a scope may spend in a period.
 *
 * @param scope who spends
 * @param each if present, the limit is for each scope of this level inside, as for every run of a tenant
 * @param period how long the limit lasts
 * @param limit the most, above zero
 * @param thresholds marks on the way
 * @param zone whose midnight begins a period
 */
public record Budget(
        Scope scope, Optional<Scope.Level> each, Period period, Money limit, List<Threshold> thresholds, ZoneId zone) {

    /** Checks the parts. */
    public Budget {
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(period, "period");
        Objects.requireNonNull(zone, "zone");
        thresholds = List.copyOf(thresholds);
        if (!limit.isMoreThan(Money.ZERO)) {
            throw new IllegalArgumentException("the budget of " + scope + " is more than nothing, not " + limit);
        }
        if (each.isPresent() && each.get().compareTo(scope.level()) <= 0) {
            throw new IllegalArgumentException("a budget for each " + each.get() + " stands further outside than that");
        }
    }

    /**
     * Makes a budget of one scope, with days in UTC and no thresholds.
     *
     * @param scope who spends
     * @param period how long the limit lasts
     * @param limit the most
     * @return the budget
     */
    public static Budget of(Scope scope, Period period, Money limit) {
        return new Budget(scope, Optional.empty(), period, limit, List.of(), ZoneOffset.UTC);
    }

    /**
     * Returns a copy for each scope of a level inside.
     *
     * @param level the level, as {@link Scope.Level#RUN} for every run
     * @return the copy
     */
    public Budget forEach(Scope.Level level) {
        return new Budget(scope, Optional.of(level), period, limit, thresholds, zone);
    }

    /**
     * Returns a copy with one more mark.
     *
     * @param percent of the limit, 1 to 100
     * @param enforcement what happens from there on
     * @return the copy
     */
    public Budget at(int percent, Enforcement enforcement) {
        List<Threshold> more = new ArrayList<>(thresholds);
        more.add(new Threshold(percent, enforcement));
        return new Budget(scope, each, period, limit, more, zone);
    }

    /** Returns the account a payer has under this budget, if it is under it. */
    Optional<Account> account(Scope payer, Instant at) {
        boolean isUnder = each.isEmpty() ? payer.equals(scope) : payer.isWithin(scope) && payer.level() == each.get();
        return isUnder ? Optional.of(new Account(payer, period, period.window(at, zone))) : Optional.empty();
    }
}
