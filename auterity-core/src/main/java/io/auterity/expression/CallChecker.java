package io.auterity.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Checks calls: of macros, of the functions about absent values, and of the functions of the {@link Library}. */
final class CallChecker {
    private static final List<String> MACROS = List.of(
            "all", "exists", "exists_one", "existsOne", "map", "filter", "sortBy", "transformList", "transformMap");
    private static final Set<String> MACRO_NAMES = Set.copyOf(MACROS);
    private static final List<String> OPTIONAL_METHODS = List.of("orValue", "or", "hasValue", "value");

    private final Checker checker;

    CallChecker(Checker checker) {
        this.checker = checker;
    }

    static boolean isMacro(String name) {
        return MACRO_NAMES.contains(name);
    }

    Checked call(Ast.Call call) {
        if (call.target == null) {
            return switch (call.name) {
                case "has" -> has(call);
                case "coalesce" -> coalesce(call);
                case "dyn" -> dyn(call);
                default -> function(call, call.name, Library.STANDARD.functions(call.name));
            };
        }
        if (call.target instanceof Ast.Name namespace
                && Library.isNamespace(namespace.name)
                && !checker.paths.isVariable(namespace.name)) {
            String name = namespace.name.concat(".").concat(call.name);
            return namespace.name.equals("optional")
                    ? optionalFunction(call)
                    : function(call, name, Library.STANDARD.functions(name));
        }
        if (MACRO_NAMES.contains(call.name)) {
            return macro(call, call.target);
        }
        if (OPTIONAL_METHODS.contains(call.name)) {
            return optionalMethod(call, call.target);
        }
        return method(call, call.target);
    }

    private boolean hasArguments(Ast.Call call, int count, String usage) {
        if (call.arguments.size() == count) {
            return true;
        }
        checker.problem(
                Problem.Category.TYPE,
                call.at,
                "'" + call.name + "' takes " + count + (count == 1 ? " argument" : " arguments") + ", but got "
                        + call.arguments.size(),
                "write '" + usage + "'");
        return false;
    }

    private Checked has(Ast.Call call) {
        if (!hasArguments(call, 1, "has(a.b)")) {
            return Checked.UNKNOWN;
        }
        Ast path = call.arguments.get(0);
        Checked checked = checker.check(path);
        boolean isPath = path instanceof Ast.Select
                || path instanceof Ast.Index
                || checked.isOptional()
                || !checked.path().isEmpty();
        if (!isPath && checked != Checked.UNKNOWN) {
            checker.problem(Problem.Category.TYPE, path.start, "'has' takes a path, such as has(input.name)", "");
            return Checked.UNKNOWN;
        }
        return Checked.condition(
                OptionalNodes.Has.of(call.at, checked.node()), Facts.present(checked.path()), Facts.NONE);
    }

    private Checked coalesce(Ast.Call call) {
        if (call.arguments.isEmpty()) {
            hasArguments(call, 2, "coalesce(a, b)");
            return Checked.UNKNOWN;
        }
        int last = call.arguments.size() - 1;
        Node[] nodes = new Node[last + 1];
        List<Type> types = new ArrayList<>(last + 1);
        checker.skippable++;
        for (int i = 0; i <= last; i++) {
            Checked checked = checker.check(call.arguments.get(i));
            nodes[i] = checked.node();
            Type type = checked.type();
            if (i < last) {
                Type there = type instanceof Type.OptionalType optional ? optional.value() : type;
                if (there == Type.NULL) {
                    continue;
                }
                type = there.withoutNull();
            }
            types.add(type);
        }
        checker.skippable--;
        return new Checked(Type.union(types), OptionalNodes.Coalesce.of(call.at, nodes));
    }

    private Checked dyn(Ast.Call call) {
        if (!hasArguments(call, 1, "dyn(a)")) {
            return Checked.UNKNOWN;
        }
        Ast argument = call.arguments.get(0);
        return new Checked(Type.ANY, OperatorChecker.temporal(checker.present(argument, checker.check(argument))));
    }

    private Checked optionalFunction(Ast.Call call) {
        if (call.name.equals("none")) {
            return hasArguments(call, 0, "optional.none()")
                    ? new Checked(Type.optional(Type.ANY), OptionalNodes.None.of(call.at))
                    : Checked.UNKNOWN;
        }
        if (call.name.equals("of")) {
            if (!hasArguments(call, 1, "optional.of(a)")) {
                return Checked.UNKNOWN;
            }
            Ast argument = call.arguments.get(0);
            Checked value = checker.present(argument, checker.check(argument));
            return new Checked(Type.optional(value.type()), OptionalNodes.Of.of(call.at, value.node()));
        }
        unknownFunction(call, "optional." + call.name, List.of("optional.of", "optional.none"));
        return Checked.UNKNOWN;
    }

    private Checked optionalMethod(Ast.Call call, Ast target) {
        Checked operand = checker.check(target);
        if (!operand.isOptional() && operand.path().isEmpty() && !(operand.type() instanceof Type.Any)) {
            checker.problem(
                    Problem.Category.TYPE,
                    call.at,
                    "'" + call.name + "' is for values that may be absent, but " + checker.quoted(target) + " is "
                            + Checker.shown(operand.type()),
                    "");
            return Checked.UNKNOWN;
        }
        Type value = operand.type() instanceof Type.OptionalType optional ? optional.value() : operand.type();
        switch (call.name) {
            case "hasValue":
                if (hasArguments(call, 0, "a.hasValue()")) {
                    return Checked.condition(
                            OptionalNodes.Has.of(call.at, operand.node()), Facts.present(operand.path()), Facts.NONE);
                }
                return Checked.UNKNOWN;
            case "value":
                return hasArguments(call, 0, "a.value()")
                        ? new Checked(value, operand.node(), operand.path())
                        : Checked.UNKNOWN;
            default:
                if (!hasArguments(call, 1, "a." + call.name + "(b)")) {
                    return Checked.UNKNOWN;
                }
                Ast argument = call.arguments.get(0);
                checker.skippable++;
                Checked other = checker.check(argument);
                checker.skippable--;
                if (call.name.equals("orValue")) {
                    other = checker.present(argument, other);
                }
                return new Checked(
                        Type.union(value, other.type()),
                        OptionalNodes.OrValue.of(call.at, operand.node(), other.node()));
        }
    }

    private Checked method(Ast.Call call, Ast target) {
        List<Ast> arguments = new ArrayList<>(call.arguments.size() + 1);
        arguments.add(target);
        arguments.addAll(call.arguments);
        List<Overload> overloads = Library.STANDARD.methods(call.name);
        return resolve(call, call.name, overloads, arguments);
    }

    private Checked function(Ast.Call call, String name, List<Overload> overloads) {
        return resolve(call, name, overloads, call.arguments);
    }

    private Checked resolve(Ast.Call call, String name, List<Overload> overloads, List<Ast> arguments) {
        List<Checked> checked = new ArrayList<>(arguments.size());
        for (Ast argument : arguments) {
            checked.add(checker.present(argument, checker.check(argument)));
        }
        if (overloads.isEmpty()) {
            unknownFunction(call, name, Library.STANDARD.names(call.target != null && !name.contains(".")));
            return Checked.UNKNOWN;
        }
        Overload overload = pick(call, overloads, arguments, checked);
        if (overload == null) {
            return Checked.UNKNOWN;
        }
        return link(call, overload, arguments, checked);
    }

    private Checked link(Ast.Call call, Overload overload, List<Ast> arguments, List<Checked> checked) {
        Node[] nodes = new Node[checked.size()];
        List<Type> types = new ArrayList<>(nodes.length);
        for (int i = 0; i < nodes.length; i++) {
            Checked argument = checked.get(i);
            if (!(overload.parameter(i) instanceof Type.Any)) {
                argument = checker.notNull(arguments.get(i), argument);
            }
            types.add(argument.type());
            nodes[i] = readsTimes(overload, i, argument.type()) ? OperatorChecker.temporal(argument) : argument.node();
        }
        if (overload.variadic()) {
            checkOrder(call, arguments, types);
        }
        Functions family = overload.family();
        int operation = family.operation(overload.operation(), types);
        Type result = family.result(overload, types);
        Node constant = constantArgument(call, overload, nodes);
        if (constant != null) {
            return new Checked(result, constant);
        }
        return new Checked(
                result,
                overload.variadic()
                        ? CallNode.Variadic.of(call.at, family, operation, nodes)
                        : CallNode.of(call.at, family, operation, nodes));
    }

    /** Makes sure that each argument can be compared with one before it. */
    private void checkOrder(Ast.Call call, List<Ast> arguments, List<Type> types) {
        for (int i = 1; i < types.size(); i++) {
            Type type = types.get(i);
            if (types.subList(0, i).stream().noneMatch(other -> OperatorChecker.haveOrder(other, type))) {
                checker.problem(
                        Problem.Category.TYPE,
                        arguments.get(i).start,
                        "'" + call.name + "' does not take " + Checker.shown(types.get(i - 1)) + " and "
                                + Checker.shown(type),
                        "");
            }
        }
    }

    /** Whether a function compares or reads times; another one passes on the texts that they are in data. */
    private static boolean readsTimes(Overload overload, int index, Type argument) {
        return switch (overload.name()) {
            case "distinct" -> true;
            case "type" -> OperatorChecker.kindOf(argument) != null;
            default -> takesTimes(overload.parameter(index));
        };
    }

    private static boolean takesTimes(Type parameter) {
        if (parameter instanceof Type.ListType list) {
            return takesTimes(list.element());
        }
        return !(parameter instanceof Type.Any)
                && (OperatorChecker.admits(parameter, Kind.TIMESTAMP)
                        || OperatorChecker.admits(parameter, Kind.DURATION));
    }

    /** Does what can be done once: compiles constant patterns, and reads constant times. */
    private @Nullable Node constantArgument(Ast.Call call, Overload overload, Node[] nodes) {
        boolean pattern = overload.name().equals("matches");
        boolean time = overload.name().equals("timestamp") || overload.name().equals("duration");
        if (!pattern && !time || !(nodes[nodes.length - 1] instanceof Constant argument)) {
            return null;
        }
        if (!(argument.value instanceof String text)) {
            return null;
        }
        try {
            if (pattern) {
                return Patterns.Matches.of(call.at, nodes[0], Patterns.compile(text, argument.at));
            }
            return new Constant(
                    call.at,
                    overload.name().equals("timestamp")
                            ? Times.parseTimestamp(text, argument.at)
                            : Times.parseDuration(text, argument.at));
        } catch (Fault fault) {
            checker.problem(Problem.Category.TYPE, argument.at, String.valueOf(fault.getMessage()), "");
            return Checked.UNKNOWN.node();
        }
    }

    private @Nullable Overload pick(
            Ast.Call call, List<Overload> overloads, List<Ast> arguments, List<Checked> checked) {
        Overload closest = null;
        int wrong = -1;
        for (Overload overload : overloads) {
            if (!overload.takes(checked.size())) {
                continue;
            }
            int mismatch = mismatch(overload, checked);
            if (mismatch < 0) {
                return overload;
            }
            if (closest == null || mismatch > wrong) {
                closest = overload;
                wrong = mismatch;
            }
        }
        if (closest == null && call.arguments.stream().anyMatch(Ast.Wrong.class::isInstance)) {
            return null; // how many there should be is not known either, and the syntax has been reported
        }
        if (closest == null) {
            int given = call.arguments.size();
            checker.problem(
                    Problem.Category.TYPE,
                    call.at,
                    "'" + call.name + "' does not take " + given + (given == 1 ? " argument" : " arguments"),
                    "write " + signatures(overloads));
            return null;
        }
        Ast argument = arguments.get(wrong);
        checker.problem(
                Problem.Category.TYPE,
                argument.start,
                "'" + call.name + "' takes " + wanted(overloads, checked.size(), wrong) + " here, but "
                        + checker.quoted(argument) + " is "
                        + Checker.shown(checked.get(wrong).type()),
                "");
        return null;
    }

    private static String wanted(List<Overload> overloads, int count, int index) {
        List<String> types = new ArrayList<>();
        for (Overload overload : overloads) {
            String type = overload.takes(count) ? overload.parameter(index).toString() : "";
            if (!type.isEmpty() && !types.contains(type)) {
                types.add(type);
            }
        }
        return String.join(" or ", types);
    }

    private static String signatures(List<Overload> overloads) {
        List<String> signatures = new ArrayList<>();
        for (Overload overload : overloads) {
            signatures.add("'" + overload.signature() + "'");
        }
        return String.join(" or ", signatures);
    }

    /** The first argument that does not fit, or -1. */
    private static int mismatch(Overload overload, List<Checked> checked) {
        for (int i = 0; i < checked.size(); i++) {
            if (!accepts(overload.parameter(i), checked.get(i).type())) {
                return i;
            }
        }
        return -1;
    }

    private static boolean accepts(Type parameter, Type argument) {
        if (parameter instanceof Type.Any || argument instanceof Type.Any) {
            return true;
        }
        for (Type wanted : parameter.alternatives()) {
            for (Type given : argument.alternatives()) {
                boolean list = wanted instanceof Type.ListType one
                        && given instanceof Type.ListType two
                        && accepts(one.element(), two.element());
                boolean map = wanted instanceof Type.MapType
                        && (given instanceof Type.MapType || given instanceof Type.ObjectType);
                Kind kind = OperatorChecker.kindOf(wanted);
                if (list || map || kind != null && OperatorChecker.admits(given, kind)) {
                    return true;
                }
            }
        }
        return false;
    }

    private void unknownFunction(Ast.Call call, String name, List<String> names) {
        if (checker.problems.isFull()) {
            return;
        }
        Library library = Library.STANDARD;
        String fix;
        if (call.target == null && (!library.methods(name).isEmpty() || MACROS.contains(name))) {
            fix = "call it on its subject: 'x." + name + "(...)'";
        } else if (call.target != null && !library.functions(name).isEmpty()) {
            fix = "write '" + name + "(" + checker.text(call.target) + ", ...)'";
        } else {
            List<String> candidates = new ArrayList<>(names);
            candidates.addAll(call.target == null ? List.of("has", "coalesce", "dyn") : MACROS);
            if (call.target != null) {
                candidates.addAll(OPTIONAL_METHODS);
            }
            Optional<String> closest = Closest.of(name, candidates);
            fix = closest.map(near -> "use '" + near + "'").orElse("");
        }
        checker.problem(Problem.Category.UNKNOWN_NAME, call.at, "function '" + name + "' is not defined", fix);
    }

    private Checked macro(Ast.Call call, Ast target) {
        Checked range = checker.required(target);
        boolean listOnly = call.name.equals("sortBy");
        Type element = null;
        Type key = null;
        for (Type alternative : range.type().alternatives()) {
            if (alternative instanceof Type.Any) {
                element = merge(element, Type.ANY);
                key = merge(key, Type.ANY);
            } else if (alternative instanceof Type.ListType list) {
                element = merge(element, list.element());
                key = merge(key, Type.INTEGER);
            } else if (alternative instanceof Type.MapType map && !listOnly) {
                element = merge(element, map.value());
                key = merge(key, Type.STRING);
            } else if (alternative instanceof Type.ObjectType object && !listOnly) {
                List<Type> values = new ArrayList<>(object.fields().values());
                if (object.extra() != Type.Extra.FORBIDDEN) {
                    values.add(object.extraType());
                }
                element = merge(element, Type.union(values));
                key = merge(key, Type.STRING);
            }
        }
        if (element == null || key == null) {
            checker.problem(
                    Problem.Category.TYPE,
                    target.start,
                    "'" + call.name + "' visits a list" + (listOnly ? "" : " or a map") + ", but "
                            + checker.quoted(target) + " is " + Checker.shown(range.type()),
                    "");
            element = Type.ANY;
            key = Type.ANY;
        }
        return new MacroChecker(checker, call, range, key, element).check();
    }

    private static Type merge(@Nullable Type known, Type more) {
        return known == null ? more : Type.union(known, more);
    }
}
