package io.auterity.journal;

import io.auterity.definition.RunId;
import java.util.List;
import java.util.function.Function;

/**
 * A run that an engine has taken and must go on with.
 *
 * @param run the run
 * @param workflow its workflow's identifier
 * @param version its definition's semantic hash
 * @param recoveries how often in a row it was taken from a lease that had run out, without a new entry in between; 0 when
 *     it was parked, or given back by an engine that closed
 */
public record Claim(RunId run, String workflow, String version, int recoveries) {

    /** How often in a row a run may be recovered to no avail before it is taken up alone. */
    public static final int TRUSTED_RECOVERIES = 2;

    /**
     * Returns whether the run may be what brings engines down: recovered to no avail more often than
     * {@link #TRUSTED_RECOVERIES} times. Journals hand such runs out last and one at a time, so that those that came down
     * with it only by chance do not count as often as the one to blame.
     *
     * @return whether the run is suspected
     */
    public boolean isSuspect() {
        return recoveries > TRUSTED_RECOVERIES;
    }

    /**
     * Returns what a journal hands out of the claims it could: all that are not suspected, or one that is.
     *
     * @param <T> what goes with a claim
     * @param claims what could be claimed, in order
     * @param claim tells the claim
     * @return those that are handed out, in order
     */
    public static <T> List<T> trusted(List<T> claims, Function<T, Claim> claim) {
        List<T> trusted =
                claims.stream().filter(each -> !claim.apply(each).isSuspect()).toList();
        return trusted.isEmpty() ? claims.subList(0, Math.min(1, claims.size())) : trusted;
    }
}
