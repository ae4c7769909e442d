package io.auterity.compile;

import io.auterity.definition.Closest;
import io.auterity.definition.Durations;
import io.auterity.definition.Failure;
import io.auterity.definition.Retry;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/** A retry has numbers in range that do not contradict each other, and codes that can occur. */
final class RetryRule {

    private static final Pattern CODE = Pattern.compile("\\*|[A-Za-z0-9][A-Za-z0-9._:-]{0,199}");
    private static final List<String> EVERYWHERE = List.of(
            "*",
            "io",
            Failure.TIMEOUT,
            Failure.EXCEPTION,
            Failure.CANCELLED,
            Failure.EXPRESSION,
            Failure.INVALID_INPUT);

    private final Compilation compilation;
    private final Place place;

    RetryRule(Compilation compilation, Place place) {
        this.compilation = compilation;
        this.place = place;
    }

    private void problem(String what, String fix) {
        compilation.problems().add(Code.RETRY, place, what, fix);
    }

    void check(Retry retry) {
        if (retry.maxAttempts() < 1 || retry.maxAttempts() > Retry.MOST_ATTEMPTS) {
            problem(
                    "maxAttempts is " + retry.maxAttempts() + ", but must be 1 to " + Retry.MOST_ATTEMPTS,
                    "write a number from 1 to " + Retry.MOST_ATTEMPTS);
        }
        if (!(retry.multiplier() >= 1 && retry.multiplier() <= Retry.LARGEST_MULTIPLIER)) {
            problem(
                    "multiplier is " + retry.multiplier() + ", but must be 1 to " + Retry.LARGEST_MULTIPLIER,
                    "write 1 for equal delays");
        }
        if (!(retry.jitter() >= 0 && retry.jitter() <= 1)) {
            problem("jitter is " + retry.jitter() + ", but must be 0 to 1", "write a share such as 0.2");
        }
        if (retry.delay().isNegative() || retry.maxDelay().isNegative()) {
            problem("a delay is negative", "write 0s or more");
        } else if (retry.maxDelay().compareTo(retry.delay()) < 0) {
            problem(
                    "maxDelay (" + Durations.print(retry.maxDelay()) + ") is shorter than delay ("
                            + Durations.print(retry.delay()) + ")",
                    "make maxDelay the longer of the two");
        } else if (retry.maxDelay().compareTo(Durations.LONGEST) > 0) {
            problem("maxDelay is longer than " + Durations.LONGEST.toDays() + " days", "write a shorter duration");
        }
        for (String code : retry.on()) {
            if (!CODE.matcher(code).matches()) {
                problem("'" + code + "' is no error code", "write codes such as io, http-429 or http-5xx");
            }
        }
    }

    /**
     * Checks that the codes of a retry can occur, as far as the operation tells: a code has the shape of one that it
     * names, a digit standing for any digit, or one that every step can fail with.
     */
    void checkCodes(Retry retry, String operation, List<String> retryable) {
        if (retryable.isEmpty()) {
            return;
        }
        Set<String> known = new LinkedHashSet<>(EVERYWHERE);
        known.addAll(retryable);
        List<String> shapes = known.stream().map(RetryRule::shape).toList();
        for (String code : retry.on()) {
            if (CODE.matcher(code).matches() && !shapes.contains(shape(code))) {
                problem(
                        "code '" + code + "' never occurs: operation '" + operation + "' does not fail with it",
                        Closest.fix(code, known));
            }
        }
    }

    /** Writes a code with {@code #} for each digit, or {@code x} that stands for one. */
    private static String shape(String code) {
        StringBuilder shape = new StringBuilder(code);
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            boolean beside = i > 0 && (shape.charAt(i - 1) == '#' || code.charAt(i - 1) == '-');
            if (Character.isDigit(c) || (c == 'x' && beside)) {
                shape.setCharAt(i, '#');
            }
        }
        return shape.toString();
    }
}
