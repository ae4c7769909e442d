package io.auterity.expression;

import org.jspecify.annotations.Nullable;

/** {@code json.encode(value)} and {@code json.decode(text)}. */
final class JsonFunctions extends Functions {
    private static final int ENCODE = 0;
    private static final int DECODE = 1;

    JsonFunctions() {
        add(
                function("json.encode", ENCODE, Type.STRING, Type.ANY),
                function("json.decode", DECODE, Type.ANY, Type.STRING));
    }

    @Override
    @Nullable
    Object apply(
            int operation,
            Frame frame,
            @Nullable Object a,
            @Nullable Object b,
            @Nullable Object c,
            @Nullable Object d) {
        if (operation == ENCODE) {
            StringBuilder out = new StringBuilder();
            Texts.appendJson(out, a, frame, 0);
            frame.checkTextLength(out.length());
            return out.toString();
        }
        return JsonDecoder.decode(text(frame, a), frame);
    }
}
