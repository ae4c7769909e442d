package io.auterity.expression;

/**
 * A part of an expression after checking: its type, the node that computes it, and what a condition teaches.
 *
 * @param type its type; optional when it may be absent
 * @param node what computes it
 * @param path the name of the value when it is a variable or a field of one, else empty; narrowing goes by it
 * @param whenTrue what is known where this condition holds
 * @param whenFalse what is known where this condition does not hold
 */
record Checked(Type type, Node node, String path, Facts whenTrue, Facts whenFalse) {
    /** What stands in for a part with a problem, so that the problem is reported once. */
    static final Checked UNKNOWN = new Checked(Type.ANY, new Constant(0, null));

    Checked {
        if (type instanceof Type.Reference reference) {
            type = reference.resolve();
        } else if (type instanceof Type.OptionalType optional && optional.value() instanceof Type.Reference reference) {
            type = Type.optional(reference.resolve());
        }
    }

    Checked(Type type, Node node) {
        this(type, node, "", Facts.NONE, Facts.NONE);
    }

    Checked(Type type, Node node, String path) {
        this(type, node, path, Facts.NONE, Facts.NONE);
    }

    static Checked condition(Node node, Facts whenTrue, Facts whenFalse) {
        return new Checked(Type.BOOLEAN, node, "", whenTrue, whenFalse);
    }

    boolean isOptional() {
        return type instanceof Type.OptionalType;
    }

    boolean isConstant() {
        return node instanceof Constant && this != UNKNOWN;
    }
}
