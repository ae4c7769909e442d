package io.auterity;

import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The type of a list whose items have a known type.
 *
 * @param item the items' type
 */
record ListType(Type item) implements ParameterizedType {

    @Override
    public Type[] getActualTypeArguments() {
        return new Type[] {item};
    }

    @Override
    public Type getRawType() {
        return List.class;
    }

    @Override
    public @Nullable Type getOwnerType() {
        return null;
    }

    @Override
    public String toString() {
        return "List<" + item.getTypeName() + ">";
    }
}
