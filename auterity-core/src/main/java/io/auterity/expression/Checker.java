package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Gives every part of an expression its type and turns it into nodes, in one walk over the tree.
 *
 * <p>The checker is gradual: an operand of type {@code any} is accepted, and its node checks the value. A part with a
 * problem becomes {@code any} too, so that one mistake is reported once. What conditions say about a path
 * ({@code has(x) && ...}, {@code x != null ? ...}) is kept as {@link Facts} while the part they guard is checked.
 *
 * <p>Paths, operators and calls have a class of their own each; they share this one's state, which belongs to one
 * expression and one thread.
 */
final class Checker {
    final String source;
    final Problems problems;
    final Environment environment;
    final PathChecker paths = new PathChecker(this);
    final OperatorChecker operators = new OperatorChecker(this);
    final CallChecker calls = new CallChecker(this);
    final Set<String> reads = new LinkedHashSet<>(4);
    final Set<Integer> slots = new LinkedHashSet<>(4);

    Facts facts = Facts.NONE;

    @Nullable
    Scope scope;
    /** The most macro variables that are live at once. */
    int maxLocals;

    private int locals;
    /** The nodes checked so far, which is what running them once costs. */
    int cost;
    /** What the steps of loops over lists of known length cost at least, beside {@link #cost}. */
    long leastSteps;
    /** How many parts around the one that is checked may be left out, as an operand of {@code ||} is. */
    int skippable;

    Checker(String source, Environment environment, Problems problems) {
        this.source = source;
        this.environment = environment;
        this.problems = problems;
    }

    /** A macro variable, and those around it. */
    record Scope(@Nullable Scope outer, String name, int index, Type type) {}

    int locals() {
        return locals;
    }

    void reserve(int count) {
        locals = count;
        maxLocals = Math.max(maxLocals, count);
    }

    void release(int count) {
        locals = count;
    }

    Checked check(Ast ast) {
        cost++;
        return ast.check(this);
    }

    /** Checks a part whose value must be there and not null. */
    Checked required(Ast ast) {
        return notNull(ast, present(ast, check(ast)));
    }

    Checked present(Ast ast, Checked checked) {
        if (!checked.isOptional()) {
            return checked;
        }
        String text = text(ast);
        problems.add(
                Problem.Category.ABSENT,
                ast.start,
                "'" + text + "' may be absent",
                "use 'coalesce(" + text + ", ...)'");
        return Checked.UNKNOWN;
    }

    Checked notNull(Ast ast, Checked checked) {
        if (!checked.type().isNullable() || checked.type() == Type.NULL) {
            return checked;
        }
        String text = text(ast);
        problems.add(
                Problem.Category.ABSENT, ast.start, "'" + text + "' may be null", "use 'coalesce(" + text + ", ...)'");
        return new Checked(checked.type().withoutNull(), checked.node(), checked.path());
    }

    String text(Ast ast) {
        String text = source.substring(ast.start, Math.max(ast.start, ast.end)).strip();
        return text.length() > 60 ? text.substring(0, 57) + "..." : text;
    }

    /** The source of a part in quotes, unless it is a text and has its own. */
    String quoted(Ast ast) {
        String text = text(ast);
        boolean isText = !text.isEmpty() && (text.charAt(0) == '\'' || text.charAt(0) == '"');
        return isText ? text : "'" + text + "'";
    }

    /** A type for a message: of a constant only its kind. */
    static String shown(Type type) {
        boolean constant =
                type instanceof Type.Scalar scalar && scalar.constants().size() == 1;
        return constant ? widened(type).toString() : type.toString();
    }

    void problem(Problem.Category category, int at, String message, String fix) {
        problems.add(category, at, message, fix);
    }

    Checked literal(Ast.Literal literal) {
        return new Checked(Type.ofValue(literal.value), new Constant(literal.at, literal.value));
    }

    Checked condition(Ast ast) {
        Checked checked = required(ast);
        if (!OperatorChecker.admits(checked.type(), Kind.BOOLEAN)) {
            problem(
                    Problem.Category.TYPE,
                    ast.start,
                    "expected boolean, but " + quoted(ast) + " is " + shown(checked.type()),
                    "");
            return Checked.UNKNOWN;
        }
        return checked;
    }

    Checked not(Ast.Unary not) {
        Checked operand = condition(not.operand);
        return Checked.condition(LogicNodes.Not.of(not.at, operand.node()), operand.whenFalse(), operand.whenTrue());
    }

    Checked logic(Ast.Logic logic) {
        skippable++;
        Facts before = facts;
        Facts learned = Facts.NONE;
        Node[] nodes = new Node[logic.operands.size()];
        for (int i = 0; i < nodes.length; i++) {
            Checked operand = condition(logic.operands.get(i));
            nodes[i] = operand.node();
            Facts taught = logic.and ? operand.whenTrue() : operand.whenFalse();
            learned = learned.and(taught);
            facts = facts.and(taught);
        }
        facts = before;
        skippable--;
        Node node = LogicNodes.Logic.of(logic.at, logic.and, nodes);
        return logic.and ? Checked.condition(node, learned, Facts.NONE) : Checked.condition(node, Facts.NONE, learned);
    }

    Checked conditional(Ast.Conditional conditional) {
        Checked condition = condition(conditional.condition);
        skippable++;
        Facts before = facts;
        facts = before.and(condition.whenTrue());
        Checked then = check(conditional.then);
        facts = before.and(condition.whenFalse());
        Checked otherwise = check(conditional.otherwise);
        facts = before;
        skippable--;
        return new Checked(
                Type.union(then.type(), otherwise.type()),
                LogicNodes.Conditional.of(conditional.at, condition.node(), then.node(), otherwise.node()));
    }

    Checked list(Ast.ListOf list) {
        int size = list.elements.size();
        Node[] nodes = new Node[size];
        boolean[] optional = new boolean[size];
        List<Type> types = new ArrayList<>(size);
        boolean constant = true;
        for (int i = 0; i < size; i++) {
            Ast element = list.elements.get(i);
            optional[i] = list.optional.get(i);
            Checked checked = check(element);
            if (optional[i]) {
                requireOptional(element, checked);
            } else {
                checked = present(element, checked);
            }
            nodes[i] = checked.node();
            constant &= checked.isConstant() && !optional[i];
            types.add(widened(checked.type()));
        }
        Type type = Type.list(Type.union(types));
        return new Checked(
                type, constant ? constantList(list.at, nodes) : ConstructionNodes.ListOf.of(list.at, nodes, optional));
    }

    private static Node constantList(int at, Node[] nodes) {
        List<Object> values = new ArrayList<>(nodes.length);
        for (Node node : nodes) {
            values.add(((Constant) node).value);
        }
        return new Constant(at, Collections.unmodifiableList(values));
    }

    private void requireOptional(Ast ast, Checked checked) {
        if (!checked.isOptional() && checked.path().isEmpty() && checked != Checked.UNKNOWN) {
            problem(
                    Problem.Category.TYPE,
                    ast.start,
                    "'" + text(ast) + "' is always there, so it cannot be optional",
                    "leave out the '?'");
        }
    }

    /** The type of a constant as a part of a larger value: any value of its kind. */
    static Type widened(Type type) {
        Type value = type instanceof Type.OptionalType optional ? optional.value() : type;
        if (value instanceof Type.UnionType union) {
            return Type.union(union.parts().stream().map(Checker::widened).toList());
        }
        return value instanceof Type.Scalar scalar && !scalar.constants().isEmpty()
                ? Type.Scalar.of(scalar.kind())
                : value;
    }

    /** Checks a key, and knows that a bare name was meant to be one. */
    private Checked key(Ast ast) {
        if (ast instanceof Ast.Name name && !paths.isVariable(name.name)) {
            problem(
                    Problem.Category.UNKNOWN_NAME,
                    ast.at,
                    "variable '" + name.name + "' is not defined",
                    "write the key in quotes: '" + name.name + "'");
            return Checked.UNKNOWN;
        }
        return required(ast);
    }

    Checked map(Ast.MapOf map) {
        int size = map.keys.size();
        Node[] keys = new Node[size];
        Node[] values = new Node[size];
        boolean[] optional = new boolean[size];
        Map<String, Type> fields = new LinkedHashMap<>();
        List<Type> types = new ArrayList<>(size);
        boolean known = true;
        for (int i = 0; i < size; i++) {
            Ast keyAst = map.keys.get(i);
            Checked key = key(keyAst);
            if (!OperatorChecker.admits(key.type(), Kind.STRING)) {
                problem(
                        Problem.Category.TYPE,
                        keyAst.start,
                        "the keys of a map are strings, but " + quoted(keyAst) + " is " + shown(key.type()),
                        "write the key in quotes");
            }
            Ast valueAst = map.values.get(i);
            optional[i] = map.optional.get(i);
            Checked value = check(valueAst);
            if (optional[i]) {
                requireOptional(valueAst, value);
            } else {
                value = present(valueAst, value);
            }
            keys[i] = key.node();
            values[i] = value.node();
            Type type = widened(value.type());
            types.add(type);
            if (key.node() instanceof Constant constant && constant.value instanceof String name) {
                if (fields.put(name, optional[i] ? Type.optional(type) : type) != null) {
                    problem(Problem.Category.TYPE, keyAst.start, "the key '" + name + "' stands twice", "remove one");
                }
            } else {
                known = false;
            }
        }
        Type type = known && size > 0 ? Type.object(fields) : Type.map(Type.union(types));
        return new Checked(type, ConstructionNodes.MapOf.of(map.at, keys, values, optional));
    }
}
