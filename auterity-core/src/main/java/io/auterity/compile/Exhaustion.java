package io.auterity.compile;

import io.auterity.expression.Kind;
import io.auterity.expression.Type;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Whether one of several conditions always holds: when they compare one path with every constant of its enumeration.
 */
final class Exhaustion {

    private static final Pattern COMPARISON =
            Pattern.compile("\\s*([A-Za-z_][A-Za-z0-9_.-]*)\\s*==\\s*(['\"])([^'\"\\\\]*)\\2\\s*");

    private Exhaustion() {}

    static boolean isExhaustive(List<Condition> conditions) {
        String path = null;
        Set<Object> covered = new HashSet<>();
        for (Condition condition : conditions) {
            Matcher comparison = COMPARISON.matcher(condition.formula().source());
            boolean same = comparison.matches() && (path == null || path.equals(comparison.group(1)));
            if (!same) {
                return false;
            }
            path = comparison.group(1);
            covered.add(comparison.group(3));
        }
        if (path == null) {
            return false;
        }
        Type type = conditions.get(0).formula().typeOf(path);
        return type instanceof Type.Scalar scalar
                && scalar.kind() == Kind.STRING
                && !scalar.constants().isEmpty()
                && covered.containsAll(scalar.constants());
    }
}
