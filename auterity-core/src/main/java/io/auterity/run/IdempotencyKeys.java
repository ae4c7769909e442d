package io.auterity.run;

import java.util.ArrayList;
import java.util.List;

/** The part of an idempotency key that names a step: its names, then the iterations it stands in. */
final class IdempotencyKeys {

    private IdempotencyKeys() {}

    /** Turns {@code each[3]/greet} into {@code each/greet/3}. */
    static String ofPath(String path) {
        if (path.indexOf('[') < 0) {
            return path;
        }
        StringBuilder names = new StringBuilder();
        List<String> iterations = new ArrayList<>();
        for (String part : path.split("/")) {
            int bracket = part.indexOf('[');
            names.append(names.isEmpty() ? "" : "/").append(bracket < 0 ? part : part.substring(0, bracket));
            if (bracket >= 0) {
                iterations.add(part.substring(bracket + 1, part.length() - 1));
            }
        }
        return names + "/" + String.join("/", iterations);
    }
}
