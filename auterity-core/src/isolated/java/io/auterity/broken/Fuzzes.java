package io.auterity.broken;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;

/** Uses Jazzer without the name and the tag that would give it a JVM of its own. */
final class Fuzzes {
    String text(FuzzedDataProvider data) {
        return data.consumeRemainingAsString();
    }
}
