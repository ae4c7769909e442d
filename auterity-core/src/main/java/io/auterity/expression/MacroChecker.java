package io.auterity.expression;

import io.auterity.expression.Comprehensions.Loop;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks one macro call.
 *
 * <p>With one variable a macro visits the elements of a list or the keys of a map; with two it visits positions and
 * elements, or keys and values.
 */
final class MacroChecker {
    /** Where counting ends, far beyond any budget and far from an overflow. */
    private static final long MOST_STEPS = 1L << 40;

    private final Checker checker;
    private final Ast.Call call;
    private final Checked range;
    private final Type key;
    private final Type element;
    private final int count;

    MacroChecker(Checker checker, Ast.Call call, Checked range, Type key, Type element) {
        this.checker = checker;
        this.call = call;
        this.range = range;
        this.key = key;
        this.element = element;
        this.count = call.arguments.size();
    }

    Checked check() {
        return switch (call.name) {
            case "map" -> transform(1, count == 3);
            case "transformList" -> transform(2, count == 4);
            case "transformMap" -> transformMap();
            case "sortBy" -> simple(1);
            default -> simple(count == 3 ? 2 : 1);
        };
    }

    /** A body after its checking, with the loop that runs it. */
    private record Body(Loop loop, @Nullable Node condition, Checked result) {}

    private Checked wrongShape(String usage) {
        checker.problem(
                Problem.Category.SYNTAX,
                call.at,
                "the macro '" + call.name + "' does not have this form",
                "write '" + usage + "'");
        return Checked.UNKNOWN;
    }

    private @Nullable String variable(int index) {
        return call.arguments.get(index) instanceof Ast.Name name && isIdentifier(name.name) ? name.name : null;
    }

    private static boolean isIdentifier(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (!Lexer.isNamePart(name.charAt(i))) {
                return false;
            }
        }
        return !name.isEmpty();
    }

    /** Checks the body under the macro's variables, or returns null when the variables are not names. */
    private @Nullable Body body(int variables, @Nullable Ast condition, Ast result, boolean resultIsCondition) {
        Checker.Scope outer = checker.scope;
        int before = checker.locals();
        int costBefore = checker.cost;
        long leastBefore = checker.leastSteps;
        boolean isMap = key == Type.STRING;
        Type single = isMap ? Type.STRING : key == Type.INTEGER ? element : Type.ANY;
        Checker.Scope scope = outer;
        for (int i = 0; i < variables; i++) {
            String name = variable(i);
            if (name == null) {
                return null;
            }
            Type type = variables == 1 ? single : i == 0 ? key : element;
            scope = new Checker.Scope(scope, name, before + i, type);
        }
        checker.scope = scope;
        checker.reserve(before + variables);
        Node filter = condition == null ? null : checker.condition(condition).node();
        checker.skippable += condition == null ? 0 : 1;
        Checked checked =
                resultIsCondition ? checker.condition(result) : checker.present(result, checker.check(result));
        checker.skippable -= condition == null ? 0 : 1;
        checker.scope = outer;
        checker.release(before);
        int bodyCost = checker.cost - costBefore;
        checker.cost = costBefore;
        if (checker.skippable == 0) {
            long step = 1 + bodyCost + checker.leastSteps - leastBefore;
            checker.leastSteps = Math.min(MOST_STEPS, leastBefore + range.node().leastElements() * step);
        }
        Loop loop = new Loop(range.node(), before, variables == 2 ? before + 1 : -1, 1 + bodyCost);
        return new Body(loop, filter, checked);
    }

    private Checked simple(int variables) {
        String name = call.name;
        List<Ast> arguments = call.arguments;
        if (arguments.size() != variables + 1) {
            return wrongShape("list." + name + "(x, ...)");
        }
        boolean sort = name.equals("sortBy");
        boolean isDecidedEarly = name.equals("all") || name.equals("exists");
        checker.skippable += isDecidedEarly ? 1 : 0;
        Body body = body(variables, null, arguments.get(variables), !sort);
        checker.skippable -= isDecidedEarly ? 1 : 0;
        if (body == null) {
            return wrongShape("list." + name + (variables == 1 ? "(x, ...)" : "(i, x, ...)"));
        }
        Node node = body.result().node();
        int at = call.at;
        return switch (name) {
            case "all", "exists" ->
                new Checked(Type.BOOLEAN, Comprehensions.Quantifier.of(at, body.loop(), name.equals("all"), node));
            case "filter" -> filter(body, variables, node);
            case "sortBy" -> sorted(body, node, arguments.get(1));
            default -> new Checked(Type.BOOLEAN, Comprehensions.ExistsOne.of(at, body.loop(), node));
        };
    }

    private Checked filter(Body body, int variables, Node node) {
        boolean isMap = key == Type.STRING;
        Type kept = variables == 2 || !isMap
                ? (key == Type.STRING || key == Type.INTEGER ? element : Type.ANY)
                : Type.STRING;
        return new Checked(Type.list(kept), Comprehensions.Filter.of(call.at, body.loop(), node));
    }

    private Checked sorted(Body body, Node node, Ast ast) {
        Checked keyed = checker.notNull(ast, body.result());
        if (!ListFunctions.isSortable(keyed.type())) {
            checker.problem(Problem.Category.TYPE, ast.start, "values of type " + keyed.type() + " have no order", "");
        }
        return new Checked(
                Type.list(element),
                Comprehensions.SortBy.of(call.at, body.loop(), TemporalNode.of(node, keyed.type())));
    }

    private Checked transform(int variables, boolean conditional) {
        String usage = variables == 1 ? "list.map(x, ...)" : "list.transformList(i, x, ...)";
        if (count != variables + (conditional ? 2 : 1)) {
            return wrongShape(usage);
        }
        Ast condition = conditional ? call.arguments.get(variables) : null;
        Body body = body(variables, condition, call.arguments.get(count - 1), false);
        if (body == null) {
            return wrongShape(usage);
        }
        return new Checked(
                Type.list(Checker.widened(body.result().type())),
                Comprehensions.Transform.of(
                        call.at, body.loop(), body.condition(), body.result().node()));
    }

    private Checked transformMap() {
        String usage = "map.transformMap(k, v, ...)";
        if (count != 3 && count != 4) {
            return wrongShape(usage);
        }
        Ast condition = count == 4 ? call.arguments.get(2) : null;
        Body body = body(2, condition, call.arguments.get(count - 1), false);
        if (body == null) {
            return wrongShape(usage);
        }
        return new Checked(
                Type.map(Checker.widened(body.result().type())),
                Comprehensions.TransformMap.of(
                        call.at, body.loop(), body.condition(), body.result().node()));
    }
}
