package io.auterity.compile;

import java.util.Set;
import java.util.regex.Pattern;

/** A variable's name can be written in an expression and hides no other. */
final class VariableNameRule {

    private static final Pattern ALLOWED = Pattern.compile("[A-Za-z_][A-Za-z0-9_]{0,199}");
    private static final Set<String> LITERALS = Set.of("true", "false", "null", "in");
    private static final String SHAPE = "use letters, digits and '_', beginning with a letter";

    private VariableNameRule() {}

    /** Checks the variable of a loop. */
    static void loop(KindSetting setting, String name) {
        Problems problems = setting.compilation().problems();
        Place place = setting.place().at("as");
        if (!ALLOWED.matcher(name).matches()) {
            problems.add(Code.VARIABLE_NAME, place, "'" + name + "' cannot name a variable", SHAPE);
            return;
        }
        if (LITERALS.contains(name)) {
            problems.add(
                    Code.VARIABLE_NAME,
                    place,
                    "'" + name + "' cannot name a variable: it means something else in every expression",
                    "choose another name with 'as'");
            return;
        }
        if (Names.RESERVED.contains(name)) {
            problems.add(
                    Code.VARIABLE_NAME,
                    place,
                    "the loop variable '" + name + "' hides the name '" + name + "' that every expression has",
                    "choose another name with 'as'");
            return;
        }
        for (View at = setting.view(); at != null; at = at.block().around()) {
            if (name.equals(at.block().variable())) {
                problems.add(
                        Code.VARIABLE_NAME,
                        place,
                        "the loop variable '" + name + "' hides that of an enclosing loop",
                        "choose another name with 'as'");
                return;
            }
        }
    }

    /** Checks the name of a workflow's variable. */
    static void workflow(Compilation compilation, Place place, String name) {
        if (!ALLOWED.matcher(name).matches()) {
            compilation.problems().add(Code.VARIABLE_NAME, place, "'" + name + "' cannot name a variable", SHAPE);
        }
    }
}
