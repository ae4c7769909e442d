package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/** What conditions around a part of an expression say about paths: that they are present, or not null either. */
final class Facts {
    static final Facts NONE = new Facts(null, "", false);

    private final @Nullable Facts rest;
    private final String path;
    private final boolean notNull;

    private Facts(@Nullable Facts rest, String path, boolean notNull) {
        this.rest = rest;
        this.path = path;
        this.notNull = notNull;
    }

    static Facts present(String path) {
        return path.isEmpty() ? NONE : new Facts(NONE, path, false);
    }

    static Facts notNull(String path) {
        return path.isEmpty() ? NONE : new Facts(NONE, path, true);
    }

    Facts and(Facts more) {
        if (this == NONE) {
            return more;
        }
        Facts all = this;
        for (Facts fact = more; fact != null && fact != NONE; fact = fact.rest) {
            all = new Facts(all, fact.path, fact.notNull);
        }
        return all;
    }

    /** Whether the path is known to be there; so it is when something below it is. */
    boolean isPresent(String wanted) {
        return !wanted.isEmpty() && knows(wanted, false);
    }

    boolean isNotNull(String wanted) {
        return !wanted.isEmpty() && knows(wanted, true);
    }

    private boolean knows(String wanted, boolean mustNotBeNull) {
        for (Facts fact = this; fact != null && fact != NONE; fact = fact.rest) {
            if (fact.path.startsWith(wanted)) {
                boolean same = fact.path.length() == wanted.length();
                if (same && (fact.notNull || !mustNotBeNull) || !same && fact.path.charAt(wanted.length()) == '.') {
                    return true;
                }
            }
        }
        return false;
    }
}
