package io.auterity.relay.budget;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Who spends: a tenant, or something inside one. A call of a run is paid by the run, by its key, by the team and by the
 * tenant at once.
 *
 * <p>A scope begins with its tenant, so that no two tenants share an account whatever their ids are.
 *
 * @param parts from the tenant inwards, each level at most once
 */
public record Scope(List<Part> parts) {

    /** How far inside a tenant a scope is. */
    public enum Level {
        /** The tenant itself. */
        TENANT,
        /** A team or project of the tenant. */
        TEAM,
        /** A key, user or application. */
        KEY,
        /** One run of a workflow. */
        RUN
    }

    /**
     * One step inwards.
     *
     * @param level the level
     * @param id what it is called there, 1 to 200 characters
     */
    public record Part(Level level, String id) {

        /** Checks the id. */
        public Part {
            if (id.isBlank() || id.length() > 200) {
                throw new IllegalArgumentException("the id of a " + level + " has 1 to 200 characters: '" + id + "'");
            }
        }

        @Override
        public String toString() {
            String escaped = id.replace("%", "%25").replace("/", "%2F").replace(":", "%3A");
            return level.name().toLowerCase(Locale.ROOT) + ":" + escaped;
        }
    }

    /** Checks that the scope begins with a tenant and goes inwards. */
    public Scope {
        parts = List.copyOf(parts);
        if (parts.isEmpty() || parts.get(0).level() != Level.TENANT) {
            throw new IllegalArgumentException("a scope begins with its tenant, not with " + parts);
        }
        for (int i = 1; i < parts.size(); i++) {
            if (parts.get(i).level().compareTo(parts.get(i - 1).level()) <= 0) {
                throw new IllegalArgumentException("a scope goes inwards from tenant to team, key and run: " + parts);
            }
        }
    }

    /**
     * Returns the scope of a tenant.
     *
     * @param id the tenant
     * @return the scope
     */
    public static Scope tenant(String id) {
        return new Scope(List.of(new Part(Level.TENANT, id)));
    }

    /**
     * Returns the scope of a team in this one.
     *
     * @param id the team
     * @return the scope
     */
    public Scope team(String id) {
        return inside(Level.TEAM, id);
    }

    /**
     * Returns the scope of a key in this one.
     *
     * @param id the key
     * @return the scope
     */
    public Scope key(String id) {
        return inside(Level.KEY, id);
    }

    /**
     * Returns the scope of a run in this one.
     *
     * @param id the run
     * @return the scope
     */
    public Scope run(String id) {
        return inside(Level.RUN, id);
    }

    /**
     * Reads a scope as {@link #toString} writes it.
     *
     * @param text the path, as in {@code tenant:acme/key:app}
     * @return the scope
     * @throws IllegalArgumentException if it is none
     */
    public static Scope parse(String text) {
        List<Part> parts = new ArrayList<>();
        for (String part : text.split("/", -1)) {
            int colon = part.indexOf(':');
            if (colon < 0) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no scope; write it as in tenant:acme/team:sales/key:app");
            }
            String id = part.substring(colon + 1)
                    .replace("%3A", ":")
                    .replace("%2F", "/")
                    .replace("%25", "%");
            parts.add(new Part(level(part.substring(0, colon)), id));
        }
        return new Scope(parts);
    }

    private static Level level(String text) {
        for (Level level : Level.values()) {
            if (level.name().toLowerCase(Locale.ROOT).equals(text)) {
                return level;
            }
        }
        throw new IllegalArgumentException("'" + text + "' is no level; use tenant, team, key or run");
    }

    private Scope inside(Level level, String id) {
        List<Part> more = new ArrayList<>(parts);
        more.add(new Part(level, id));
        return new Scope(more);
    }

    /**
     * Returns everyone who pays for this scope.
     *
     * @return the tenant first, this scope last
     */
    public List<Scope> lineage() {
        List<Scope> lineage = new ArrayList<>();
        for (int i = 1; i <= parts.size(); i++) {
            lineage.add(new Scope(parts.subList(0, i)));
        }
        return lineage;
    }

    /**
     * Returns the tenant.
     *
     * @return its id
     */
    public String tenant() {
        return parts.get(0).id();
    }

    /**
     * Returns how far inside this is.
     *
     * @return the level of the last part
     */
    public Level level() {
        return parts.get(parts.size() - 1).level();
    }

    /**
     * Says whether this scope is another one or inside it.
     *
     * @param other the other one
     * @return whether it is
     */
    public boolean isWithin(Scope other) {
        return parts.size() >= other.parts.size()
                && parts.subList(0, other.parts.size()).equals(other.parts);
    }

    /** Shows the path, as in {@code tenant:acme/key:app}. */
    @Override
    public String toString() {
        return String.join("/", parts.stream().map(Part::toString).toList());
    }
}
