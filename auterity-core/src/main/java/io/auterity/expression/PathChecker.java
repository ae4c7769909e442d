package io.auterity.expression;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks names, selections and indexes.
 *
 * <p>A chain such as {@code steps.score.output.total} is taken as a whole: its longest prefix that is a declared
 * variable is the variable, the rest are fields. {@code steps['charge-card'].output} is the same chain, for names that
 * are not identifiers.
 */
final class PathChecker {
    private final Checker checker;

    PathChecker(Checker checker) {
        this.checker = checker;
    }

    /** One link of a chain: the tree it stands in, and its name. */
    private record Link(Ast ast, String name, boolean optional) {}

    Checked name(Ast.Name name) {
        Checker.Scope local = local(name.name);
        if (local != null) {
            String path = local.name().concat("@").concat(Integer.toString(local.index()));
            return narrowed(local.type(), PathNodes.Local.of(name.at, local.index()), path);
        }
        Optional<Environment.Variable> variable = checker.environment.resolve(name.name);
        if (variable.isPresent()) {
            return variable(name.name, variable.get(), name.at, true);
        }
        TypeName denoted = TypeName.denotedBy(name.name);
        if (denoted != null) {
            return new Checked(Type.TYPE, new Constant(name.at, denoted));
        }
        unknown(List.of(new Link(name, name.name, false)));
        return Checked.UNKNOWN;
    }

    boolean isVariable(String name) {
        return local(name) != null || checker.environment.resolve(name).isPresent();
    }

    private Checker.@Nullable Scope local(String name) {
        for (Checker.Scope scope = checker.scope; scope != null; scope = scope.outer()) {
            if (scope.name().equals(name)) {
                return scope;
            }
        }
        return null;
    }

    private Checked variable(String name, Environment.Variable variable, int at, boolean whole) {
        checker.slots.add(variable.slot());
        if (whole) {
            checker.reads.add(name);
        }
        return narrowed(variable.type(), PathNodes.Path.of(at, variable.slot(), name), name);
    }

    private Checked narrowed(Type type, Node node, String path) {
        Type narrow = type;
        if (narrow instanceof Type.OptionalType optional && checker.facts.isPresent(path)) {
            narrow = optional.value();
        }
        if (narrow.isNullable() && checker.facts.isNotNull(path)) {
            narrow = narrow.withoutNull();
        }
        return new Checked(narrow, node, path);
    }

    /** Checks a selection or index as part of the chain it ends. */
    Checked chain(Ast ast) {
        List<Link> links = links(ast);
        if (links.isEmpty() || local(links.get(0).name()) != null) {
            return single(ast);
        }
        StringBuilder prefix = new StringBuilder();
        int[] lengths = new int[links.size()];
        for (int i = 0; i < lengths.length; i++) {
            prefix.append(i == 0 ? "" : ".").append(links.get(i).name());
            lengths[i] = prefix.length();
        }
        for (int count = lengths.length; count > 0; count--) {
            String name = prefix.substring(0, lengths[count - 1]);
            Optional<Environment.Variable> variable = checker.environment.resolve(name);
            if (variable.isPresent()) {
                return fields(links, count, name, variable.get());
            }
        }
        TypeName denoted = TypeName.denotedBy(prefix.toString());
        if (denoted != null) {
            return new Checked(Type.TYPE, new Constant(ast.at, denoted));
        }
        unknown(links);
        return Checked.UNKNOWN;
    }

    /** The links of a chain that begins with a name, or none when it begins with something else. */
    private List<Link> links(Ast ast) {
        List<Link> links = new ArrayList<>(4);
        Ast place = ast;
        while (true) {
            if (place instanceof Ast.Name name) {
                links.add(new Link(place, name.name, false));
                Collections.reverse(links);
                return links;
            }
            if (place instanceof Ast.Select select) {
                links.add(new Link(place, select.field, select.optional));
                place = select.operand;
            } else if (place instanceof Ast.Index index
                    && index.index instanceof Ast.Literal literal
                    && literal.value instanceof String key) {
                links.add(new Link(place, key, index.optional));
                place = index.operand;
            } else {
                return List.of();
            }
        }
    }

    private Checked fields(List<Link> links, int count, String name, Environment.Variable variable) {
        checker.cost += links.size() - count;
        Checked checked = variable(name, variable, links.get(0).ast().at, false);
        for (int i = 0; i < count; i++) {
            if (links.get(i).optional()) {
                checked = new Checked(Type.optional(checked.type()), checked.node(), checked.path());
            }
        }
        StringBuilder read = new StringBuilder(name);
        for (Link link : links.subList(count, links.size())) {
            read.append('.').append(link.name());
            checked = field(checked, link);
        }
        checker.reads.add(read.toString());
        return checked;
    }

    private Checked single(Ast ast) {
        if (ast instanceof Ast.Select select) {
            return field(checker.check(select.operand), new Link(ast, select.field, select.optional));
        }
        Ast.Index index = (Ast.Index) ast;
        Checked operand = checker.check(index.operand);
        if (index.index instanceof Ast.Literal literal && literal.value instanceof String key) {
            return field(operand, new Link(ast, key, index.optional));
        }
        return element(operand, index);
    }

    private Checked field(Checked operand, Link link) {
        boolean optional =
                link.optional() || operand.isOptional() || operand.type().isNullable();
        List<Type> found = new ArrayList<>(1);
        boolean selectable = false;
        for (Type alternative : operand.type().alternatives()) {
            if (alternative instanceof Type.Any) {
                found.add(Type.ANY);
                selectable = true;
            } else if (alternative instanceof Type.MapType map) {
                found.add(map.value());
                selectable = true;
            } else if (alternative instanceof Type.ObjectType object) {
                selectable = true;
                Type field = object.fields().get(link.name());
                if (field == null && object.extra() != Type.Extra.TYPED) {
                    unknownField(object, link);
                    return Checked.UNKNOWN;
                }
                found.add(field == null ? object.extraType() : field);
            }
        }
        int at = link.ast().at;
        if (!selectable) {
            checker.problem(
                    Problem.Category.TYPE,
                    at,
                    "a value of type " + Checker.shown(operand.type()) + " has no field '" + link.name() + "'",
                    link.ast() instanceof Ast.Index ? "index a list with a number" : "");
            return Checked.UNKNOWN;
        }
        Type type = found.size() == 1 ? found.get(0) : Type.union(found);
        Node node = operand.node() instanceof PathNodes.Path path
                ? path.plus(at, link.name())
                : PathNodes.Field.of(at, operand.node(), link.name());
        String path = operand.path().isEmpty() ? "" : operand.path().concat(".").concat(escaped(link.name()));
        return narrowed(optional ? Type.optional(type) : type, node, path);
    }

    /** A name as a part of a path, which a dot in it does not end. */
    private static String escaped(String name) {
        boolean plain = name.indexOf('.') < 0 && name.indexOf('\\') < 0;
        return plain ? name : name.replace("\\", "\\\\").replace(".", "\\.");
    }

    private void unknownField(Type.ObjectType object, Link link) {
        if (checker.problems.isFull()) {
            return;
        }
        Optional<String> closest = Closest.of(link.name(), object.fields().keySet());
        checker.problem(
                Problem.Category.UNKNOWN_NAME,
                link.ast().at,
                "field '" + link.name() + "' is not defined",
                closest.map(name -> "use '" + name + "'")
                        .orElseGet(() -> known(object.fields().keySet())));
    }

    private static String known(Collection<String> names) {
        if (names.isEmpty()) {
            return "";
        }
        return "the fields are " + some(names);
    }

    private static String some(Collection<String> names) {
        List<String> shown = names.stream().limit(8).toList();
        return String.join(", ", shown) + (names.size() > shown.size() ? ", ..." : "");
    }

    private Checked element(Checked operand, Ast.Index index) {
        boolean optional =
                index.optional || operand.isOptional() || operand.type().isNullable();
        checker.skippable += optional ? 1 : 0; // of what is absent no element is looked up
        Checked key = checker.required(index.index);
        checker.skippable -= optional ? 1 : 0;
        boolean numeric = OperatorChecker.admits(key.type(), Kind.NUMBER);
        boolean text = OperatorChecker.admits(key.type(), Kind.STRING);
        List<Type> found = new ArrayList<>(1);
        boolean indexable = false;
        for (Type alternative : operand.type().alternatives()) {
            if (alternative instanceof Type.Any) {
                found.add(Type.ANY);
                indexable = true;
            } else if (alternative instanceof Type.ListType list && numeric) {
                found.add(list.element());
                indexable = true;
            } else if (alternative instanceof Type.MapType map && text) {
                found.add(map.value());
                indexable = true;
            } else if (alternative instanceof Type.ObjectType object && text) {
                found.addAll(object.fields().values());
                if (object.extra() != Type.Extra.FORBIDDEN) {
                    found.add(object.extraType());
                }
                indexable = true;
            }
        }
        if (!indexable) {
            checker.problem(
                    Problem.Category.TYPE,
                    index.at,
                    "a value of type " + Checker.shown(operand.type()) + " cannot be indexed with "
                            + Checker.shown(key.type()),
                    "");
            return Checked.UNKNOWN;
        }
        Type type = Type.union(found);
        return new Checked(
                optional ? Type.optional(type) : type, PathNodes.Element.of(index.at, operand.node(), key.node()));
    }

    /** Reports the first part of a name that leads nowhere, with the closest name that could stand there. */
    private void unknown(List<Link> links) {
        if (checker.problems.isFull()) {
            return;
        }
        StringBuilder prefix = new StringBuilder();
        Set<String> candidates = checker.environment.names("");
        int wrong = 0;
        while (wrong < links.size() - 1 && candidates.contains(links.get(wrong).name())) {
            prefix.append(prefix.length() == 0 ? "" : ".")
                    .append(links.get(wrong).name());
            candidates = checker.environment.names(prefix.toString());
            wrong++;
        }
        Link link = links.get(wrong);
        String name = link.name();
        if (candidates.contains(name)) {
            checker.problem(
                    Problem.Category.UNKNOWN_NAME,
                    link.ast().at,
                    "'" + (prefix.length() == 0 ? name : prefix + "." + name) + "' is not a value by itself",
                    "add one of: "
                            + some(checker.environment.names(prefix.length() == 0 ? name : prefix + "." + name)));
            return;
        }
        Optional<String> closest = Closest.of(name, candidates);
        checker.problem(
                Problem.Category.UNKNOWN_NAME,
                link.ast().at,
                noun(prefix.toString()) + " '" + name + "' is not defined",
                closest.map(near -> "use '" + near + "'").orElse(""));
    }

    private static String noun(String prefix) {
        if (prefix.isEmpty()) {
            return "variable";
        }
        String last = prefix.substring(prefix.lastIndexOf('.') + 1);
        return last.endsWith("s") && last.length() > 1
                ? last.substring(0, last.length() - 1)
                : "in '" + prefix + "' the name";
    }
}
