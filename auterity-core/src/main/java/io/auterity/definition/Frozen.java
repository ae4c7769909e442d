package io.auterity.definition;

import java.util.AbstractList;
import java.util.AbstractMap;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.RandomAccess;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * JSON lists and objects that never change and are known not to, so that copying them again is free: a schema that
 * stands in a hundred thousand steps stands in memory once.
 */
final class Frozen {

    private Frozen() {}

    /** Returns how many levels of lists and objects a value has below its own. */
    private static int heightOf(Iterable<? extends @Nullable Object> items) {
        int height = 0;
        for (Object item : items) {
            if (item instanceof Members members) {
                height = Math.max(height, 1 + members.height);
            } else if (item instanceof Array array) {
                height = Math.max(height, 1 + array.height);
            }
        }
        return height;
    }

    /** An object. */
    static final class Members extends AbstractMap<String, Object> {

        private final Map<String, Object> own;
        private final int height;

        Members(LinkedHashMap<String, Object> own) {
            this.own = Collections.unmodifiableMap(own);
            this.height = heightOf(own.values());
        }

        int height() {
            return height;
        }

        @Override
        public int size() {
            return own.size();
        }

        @Override
        public boolean containsKey(Object key) {
            return own.containsKey(key);
        }

        @Override
        public @Nullable Object get(Object key) {
            return own.get(key);
        }

        @Override
        public Set<Entry<String, Object>> entrySet() {
            return own.entrySet();
        }
    }

    /** A list. */
    static final class Array extends AbstractList<@Nullable Object> implements RandomAccess {

        private final @Nullable Object[] own;
        private final int height;

        Array(@Nullable Object[] own) {
            this.own = own;
            this.height = heightOf(Arrays.asList(own));
        }

        int height() {
            return height;
        }

        @Override
        public int size() {
            return own.length;
        }

        @Override
        public @Nullable Object get(int index) {
            return own[index];
        }
    }
}
