package io.auterity.expression;

import java.util.Iterator;
import java.util.Map;

/** Writes a type the way messages show it: {@code object{id: string, n?: integer}}, cut off when it grows long. */
final class TypeText {
    private static final int LIMIT = 200;
    private static final int DEPTH = 4;

    private final StringBuilder text = new StringBuilder();

    private TypeText() {}

    static String of(Type type) {
        TypeText writer = new TypeText();
        writer.write(type, 0);
        return writer.text.toString();
    }

    private void write(Type type, int depth) {
        if (text.length() > LIMIT || depth > DEPTH) {
            text.append("...");
        } else if (type instanceof Type.Any) {
            text.append("any");
        } else if (type instanceof Type.Scalar scalar) {
            scalar(scalar);
        } else if (type instanceof Type.ListType list) {
            wrapped("list(", list.element(), depth);
        } else if (type instanceof Type.MapType map) {
            wrapped("map(", map.value(), depth);
        } else if (type instanceof Type.OptionalType optional) {
            wrapped("optional(", optional.value(), depth);
        } else if (type instanceof Type.ObjectType object) {
            object(object, depth);
        } else if (type instanceof Type.Reference reference) {
            text.append(reference.pointer().substring(reference.pointer().lastIndexOf('/') + 1));
        } else {
            union((Type.UnionType) type, depth);
        }
    }

    private void wrapped(String open, Type inner, int depth) {
        text.append(open);
        write(inner, depth + 1);
        text.append(')');
    }

    private void scalar(Type.Scalar scalar) {
        if (scalar.constants().isEmpty()) {
            text.append(scalar.kind().label());
            return;
        }
        String separator = "";
        for (Object constant : scalar.constants()) {
            text.append(separator);
            if (text.length() > LIMIT) {
                text.append("...");
                return;
            }
            if (constant instanceof String string) {
                text.append('\'').append(string).append('\'');
            } else {
                text.append(constant);
            }
            separator = " | ";
        }
    }

    private void union(Type.UnionType union, int depth) {
        String separator = "";
        for (Type alternative : union.parts()) {
            text.append(separator);
            write(alternative, depth);
            separator = " | ";
        }
    }

    private void object(Type.ObjectType object, int depth) {
        text.append("object{");
        Iterator<Map.Entry<String, Type>> fields = object.fields().entrySet().iterator();
        while (fields.hasNext()) {
            Map.Entry<String, Type> field = fields.next();
            text.append(field.getKey());
            text.append(object.required().contains(field.getKey()) ? ": " : "?: ");
            write(field.getValue(), depth + 1);
            if (fields.hasNext()) {
                text.append(", ");
            }
            if (text.length() > LIMIT) {
                text.append("...}");
                return;
            }
        }
        if (object.extra() == Type.Extra.TYPED) {
            text.append(object.fields().isEmpty() ? "*: " : ", *: ");
            write(object.extraType(), depth + 1);
        }
        text.append('}');
    }
}
