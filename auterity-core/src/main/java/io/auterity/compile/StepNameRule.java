package io.auterity.compile;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A step's name has the allowed characters and is the only one of its name in its block. */
final class StepNameRule {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9][A-Za-z0-9_-]{0,199}");

    private StepNameRule() {}

    static void check(Compilation compilation, StepDraft step, @Nullable StepDraft sameName) {
        String name = step.name();
        if (!ALLOWED.matcher(name).matches()) {
            compilation
                    .problems()
                    .add(
                            Code.STEP_NAME,
                            step.place(),
                            name.length() > 200
                                    ? "the name has " + name.length() + " characters, more than 200"
                                    : "the name '" + name + "' has a character that names do not have",
                            "use up to 200 letters, digits, '_' and '-', beginning with a letter or digit");
        }
        if (sameName != null) {
            compilation
                    .problems()
                    .add(
                            Code.DUPLICATE_STEP,
                            step.place(),
                            "the block has another step '" + name + "'",
                            "give one of the two another name");
        }
    }
}
