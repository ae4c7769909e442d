package io.auterity.expression;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Checks arithmetic, comparisons and membership, and picks the node that fits the operands' types. */
final class OperatorChecker {
    private final Checker checker;

    OperatorChecker(Checker checker) {
        this.checker = checker;
    }

    static @Nullable Kind kindOf(Type type) {
        return type instanceof Type.Scalar scalar ? scalar.kind() : null;
    }

    /** Whether a value of the type may be of the kind; an integer is also a number. */
    static boolean admits(Type type, @Nullable Kind kind) {
        if (type instanceof Type.Scalar scalar) {
            return scalar.kind() == kind || kind == Kind.NUMBER && scalar.kind() == Kind.INTEGER;
        }
        if (type instanceof Type.Any) {
            return true;
        }
        if (type instanceof Type.UnionType || type instanceof Type.Reference) {
            for (Type alternative : type.alternatives()) {
                if (admits(alternative, kind)) {
                    return true;
                }
            }
        }
        return false;
    }

    private static boolean isNumeric(Type type) {
        return type instanceof Type.Scalar scalar && scalar.kind().isNumeric();
    }

    Checked minus(Ast.Unary minus) {
        Checked operand = checker.required(minus.operand);
        if (!admits(operand.type(), Kind.NUMBER)) {
            checker.problem(
                    Problem.Category.TYPE,
                    minus.at,
                    "'-' takes a number, but " + checker.quoted(minus.operand) + " is " + Checker.shown(operand.type()),
                    "");
            return Checked.UNKNOWN;
        }
        Kind kind = kindOf(operand.type());
        return new Checked(
                kind == null ? Type.ANY : Type.Scalar.of(kind), Arithmetic.Minus.of(minus.at, operand.node(), kind));
    }

    Checked binary(Ast.Binary binary) {
        return switch (binary.operator) {
            case EQUAL, NOT_EQUAL -> equality(binary);
            case IN -> membership(binary);
            case LESS, LESS_EQUAL, GREATER, GREATER_EQUAL -> order(binary);
            default -> arithmetic(binary);
        };
    }

    private Checked arithmetic(Ast.Binary binary) {
        Checked left = checker.required(binary.left);
        Checked right = checker.required(binary.right);
        Type type = result(binary.operator, left.type(), right.type());
        if (type == null) {
            mismatch(binary, left.type(), right.type());
            return Checked.UNKNOWN;
        }
        boolean doubles = kindOf(left.type()) == Kind.NUMBER || kindOf(right.type()) == Kind.NUMBER;
        if (doubles) {
            return new Checked(type, Arithmetic.OfDoubles.of(binary.at, binary.operator, left.node(), right.node()));
        }
        if (kindOf(left.type()) == Kind.INTEGER && kindOf(right.type()) == Kind.INTEGER) {
            return new Checked(type, Arithmetic.OfLongs.of(binary.at, binary.operator, left.node(), right.node()));
        }
        return new Checked(type, Arithmetic.OfValues.of(binary.at, binary.operator, temporal(left), temporal(right)));
    }

    static Node temporal(Checked checked) {
        return TemporalNode.of(checked.node(), checked.type());
    }

    private static boolean isPlainText(Type type) {
        return type instanceof Type.Scalar scalar
                && scalar.kind() == Kind.STRING
                && scalar.constants().isEmpty();
    }

    private void mismatch(Ast.Binary binary, Type left, Type right) {
        String fix = "";
        if (binary.operator == Operator.ADD && (kindOf(left) == Kind.STRING || kindOf(right) == Kind.STRING)) {
            Ast other = kindOf(left) == Kind.STRING ? binary.right : binary.left;
            fix = "use 'string(" + checker.text(other) + ")'";
        } else if (isNumeric(left) && isPlainText(right)) {
            fix = "use 'double(" + checker.text(binary.right) + ")'";
        } else if (isNumeric(right) && isPlainText(left)) {
            fix = "use 'double(" + checker.text(binary.left) + ")'";
        } else if (kindOf(left) == Kind.TIMESTAMP && kindOf(right) == Kind.STRING) {
            fix = "use 'timestamp(" + checker.text(binary.right) + ")'";
        } else if (binary.operator == Operator.REMAINDER && isNumeric(left) && isNumeric(right)) {
            fix = "use 'int(...)' on both sides";
        }
        checker.problem(
                Problem.Category.TYPE,
                binary.at,
                "'" + binary.operator.symbol + "' does not take " + Checker.shown(left) + " and "
                        + Checker.shown(right),
                fix);
    }

    /** The type of an arithmetic operation, or null when no values of the operands' types can be combined. */
    private static @Nullable Type result(Operator operator, Type left, Type right) {
        List<Type> results = new ArrayList<>(1);
        for (Type one : left.alternatives()) {
            for (Type two : right.alternatives()) {
                Type result = resultOfAtoms(operator, one, two);
                if (result != null) {
                    results.add(result);
                }
            }
        }
        return results.isEmpty() ? null : Type.union(results);
    }

    private static @Nullable Type resultOfAtoms(Operator operator, Type left, Type right) {
        Kind one = kindOf(left);
        Kind two = kindOf(right);
        boolean anyLeft = left instanceof Type.Any;
        boolean anyRight = right instanceof Type.Any;
        if (anyLeft && anyRight) {
            return Type.ANY;
        }
        if (anyLeft || anyRight) {
            return resultWithAny(operator, anyLeft ? right : left);
        }
        if (one != null && two != null && one.isNumeric() && two.isNumeric()) {
            boolean integers = one == Kind.INTEGER && two == Kind.INTEGER;
            return integers ? Type.INTEGER : operator == Operator.REMAINDER ? null : Type.NUMBER;
        }
        boolean add = operator == Operator.ADD;
        if (!add && operator != Operator.SUBTRACT) {
            return null;
        }
        if (add && left instanceof Type.ListType first && right instanceof Type.ListType second) {
            return Type.list(Type.union(first.element(), second.element()));
        }
        if (add && one == Kind.STRING && two == Kind.STRING) {
            return Type.STRING;
        }
        if (one == Kind.DURATION && two == Kind.DURATION) {
            return Type.DURATION;
        }
        if (one == Kind.TIMESTAMP && two == Kind.DURATION || add && one == Kind.DURATION && two == Kind.TIMESTAMP) {
            return Type.TIMESTAMP;
        }
        return !add && one == Kind.TIMESTAMP && two == Kind.TIMESTAMP ? Type.DURATION : null;
    }

    private static @Nullable Type resultWithAny(Operator operator, Type known) {
        Kind kind = kindOf(known);
        if (kind == Kind.NUMBER) {
            return operator == Operator.REMAINDER ? null : Type.NUMBER;
        }
        if (kind == Kind.INTEGER) {
            return operator == Operator.REMAINDER ? Type.INTEGER : Type.ANY;
        }
        if (operator == Operator.ADD) {
            if (known instanceof Type.ListType) {
                return Type.list(Type.ANY);
            }
            if (kind == Kind.STRING || kind == Kind.TIMESTAMP) {
                return known instanceof Type.Scalar ? Type.Scalar.of(kind) : known;
            }
            return kind == Kind.DURATION ? Type.ANY : null;
        }
        return operator == Operator.SUBTRACT && kind != null && kind.isTemporal() ? Type.ANY : null;
    }

    private Checked order(Ast.Binary binary) {
        Checked left = checker.required(binary.left);
        Checked right = checker.required(binary.right);
        if (!haveOrder(left.type(), right.type())) {
            mismatch(binary, left.type(), right.type());
            return Checked.UNKNOWN;
        }
        Operator operator = binary.operator;
        Node node;
        if (kindOf(left.type()) == Kind.INTEGER && kindOf(right.type()) == Kind.INTEGER) {
            node = ComparisonNodes.OrderOfLongs.of(binary.at, operator, left.node(), right.node());
        } else if (right.node() instanceof Constant constant && constant.value instanceof Double) {
            node = ComparisonNodes.OrderWithDouble.of(binary.at, operator, left.node(), constant);
        } else {
            node = ComparisonNodes.OrderOfValues.of(binary.at, operator, like(left, right), like(right, left));
        }
        return new Checked(Type.BOOLEAN, node);
    }

    /** Reads an operand that may be any text as a time when the other operand is one: no other text has an order with it. */
    private static Node like(Checked operand, Checked other) {
        boolean unknown = admits(operand.type(), Kind.STRING) && isTime(other.type());
        return TemporalNode.of(operand.node(), unknown ? other.type() : operand.type());
    }

    /** The same for equality: a text that is no time equals none, which is no error. */
    private static Node comparable(Checked operand, Type other) {
        boolean unknown = admits(operand.type(), Kind.STRING) && isTime(other);
        return unknown ? TemporalNode.guess(operand.node(), other) : temporal(operand);
    }

    private static boolean isTime(Type type) {
        Kind kind = kindOf(type);
        return kind != null && kind.isTemporal();
    }

    static boolean haveOrder(Type left, Type right) {
        for (Type one : left.alternatives()) {
            for (Type two : right.alternatives()) {
                if (one instanceof Type.Any || two instanceof Type.Any) {
                    Kind known = kindOf(one instanceof Type.Any ? two : one);
                    if (one.equals(two) || known != null && known != Kind.NULL && known != Kind.TYPE) {
                        return true;
                    }
                }
                Kind first = kindOf(one);
                Kind second = kindOf(two);
                if (first != null
                        && second != null
                        && first != Kind.NULL
                        && first != Kind.TYPE
                        && (first == second || first.isNumeric() && second.isNumeric())) {
                    return true;
                }
            }
        }
        return false;
    }

    private Checked equality(Ast.Binary binary) {
        boolean equal = binary.operator == Operator.EQUAL;
        boolean leftNull = binary.left instanceof Ast.Literal literal && literal.value == null;
        boolean rightNull = binary.right instanceof Ast.Literal literal && literal.value == null;
        if (leftNull != rightNull) {
            Checked operand = checker.check(leftNull ? binary.right : binary.left);
            checker.cost++;
            Facts known = Facts.notNull(operand.path());
            Node node = OptionalNodes.NullTest.of(binary.at, operand.node(), equal);
            return Checked.condition(node, equal ? Facts.NONE : known, equal ? known : Facts.NONE);
        }
        Checked left = checker.present(binary.left, checker.check(binary.left));
        Checked right = checker.present(binary.right, checker.check(binary.right));
        if (!mayBeEqual(left.type(), right.type())) {
            mismatch(binary, left.type(), right.type());
            return Checked.UNKNOWN;
        }
        checkConstant(binary.left, left, right);
        checkConstant(binary.right, right, left);
        return new Checked(
                Type.BOOLEAN,
                ComparisonNodes.Equal.of(
                        binary.at, binary.operator, comparable(left, right.type()), comparable(right, left.type())));
    }

    /** Reports a constant that the other operand, which is data, can never equal. */
    private void checkConstant(Ast ast, Checked constant, Checked data) {
        if (!data.path().isEmpty()) {
            checkConstant(ast, constant, data.type());
        }
    }

    private void checkConstant(Ast ast, Checked constant, Type data) {
        if (!(ast instanceof Ast.Literal literal) || literal.value == null || checker.problems.isFull()) {
            return;
        }
        List<Object> possible = new ArrayList<>();
        for (Type alternative : data.alternatives()) {
            if (!(alternative instanceof Type.Scalar scalar)) {
                if (alternative instanceof Type.Any) {
                    return;
                }
                continue;
            }
            boolean sameKind = admits(constant.type(), scalar.kind()) || admits(scalar, kindOf(constant.type()));
            if (sameKind && scalar.constants().isEmpty()) {
                return;
            }
            possible.addAll(scalar.constants());
        }
        for (Object one : possible) {
            if (Equality.areEqual(one, literal.value)) {
                return;
            }
        }
        if (possible.isEmpty()) {
            return;
        }
        Optional<String> closest = literal.value instanceof String text ? Closest.of(text, possible) : Optional.empty();
        checker.problem(
                Problem.Category.TYPE,
                literal.at,
                checker.text(literal) + " is not one of " + new Type.Scalar(Kind.STRING, new LinkedHashSet<>(possible)),
                closest.map(name -> "use '" + name + "'").orElse(""));
    }

    private static boolean mayBeEqual(Type left, Type right) {
        for (Type one : left.alternatives()) {
            for (Type two : right.alternatives()) {
                if (one instanceof Type.Any || two instanceof Type.Any) {
                    return true;
                }
                Kind first = kindOf(one);
                Kind second = kindOf(two);
                if (first == Kind.NULL || second == Kind.NULL) {
                    return true;
                }
                if (first != null || second != null) {
                    if (first == second || first != null && second != null && first.isNumeric() && second.isNumeric()) {
                        return true;
                    }
                } else if (one instanceof Type.ListType == two instanceof Type.ListType) {
                    return true;
                }
            }
        }
        return false;
    }

    private Checked membership(Ast.Binary binary) {
        Checked left = checker.present(binary.left, checker.check(binary.left));
        Checked right = checker.required(binary.right);
        boolean possible = false;
        boolean container = false;
        for (Type alternative : right.type().alternatives()) {
            if (alternative instanceof Type.Any) {
                possible = true;
            } else if (alternative instanceof Type.ListType list) {
                container = true;
                possible |= mayBeEqual(left.type(), list.element());
                if (!right.path().isEmpty()) {
                    checkConstant(binary.left, left, list.element());
                }
            } else if (alternative instanceof Type.MapType || alternative instanceof Type.ObjectType) {
                container = true;
                possible |= admits(left.type(), Kind.STRING);
            }
        }
        if (!possible) {
            checker.problem(
                    Problem.Category.TYPE,
                    binary.at,
                    "'in' does not take " + Checker.shown(left.type()) + " and " + Checker.shown(right.type()),
                    container ? "" : "the right side must be a list or a map");
            return Checked.UNKNOWN;
        }
        if (right.node() instanceof Constant constant && constant.value instanceof List<?> list && areTexts(list)) {
            checkMembers(binary, left, list);
            return new Checked(Type.BOOLEAN, ComparisonNodes.InTexts.of(binary.at, left.node(), list));
        }
        return new Checked(Type.BOOLEAN, ComparisonNodes.In.of(binary.at, member(left, right), container(left, right)));
    }

    private static Node member(Checked member, Checked container) {
        return container.type() instanceof Type.ListType list ? comparable(member, list.element()) : temporal(member);
    }

    private static Node container(Checked member, Checked container) {
        boolean unknown = container.type() instanceof Type.Any
                || container.type() instanceof Type.ListType list && admits(list.element(), Kind.STRING);
        return unknown && isTime(member.type())
                ? TemporalNode.guess(container.node(), Type.list(member.type()))
                : temporal(container);
    }

    private static boolean areTexts(List<?> list) {
        for (Object element : list) {
            if (!(element instanceof String)) {
                return false;
            }
        }
        return true;
    }

    private void checkMembers(Ast.Binary binary, Checked left, List<?> members) {
        if (binary.left instanceof Ast.Literal || !(binary.right instanceof Ast.ListOf list)) {
            return;
        }
        for (int i = 0; i < members.size(); i++) {
            if (list.elements.get(i) instanceof Ast.Literal element) { // and not 'dyn('a')', a constant as well
                checkConstant(element, checker.literal(element), left);
            }
        }
    }
}
