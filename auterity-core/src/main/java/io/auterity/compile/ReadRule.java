package io.auterity.compile;

import io.auterity.compile.BlockDraft.Role;
import io.auterity.compile.View.Moment;

/**
 * What an expression names is there: a step that is defined and has run by then, a secret where secrets may be, an
 * {@code index} in a loop. What it reads of a step makes an edge.
 */
final class ReadRule {

    private ReadRule() {}

    /**
     * Checks one name and notes the edge.
     *
     * @param path the name with its parts, as in {@code steps.score.output}
     */
    static void check(Compilation compilation, View view, Place place, String path) {
        int dot = path.indexOf('.');
        String root = dot < 0 ? path : path.substring(0, dot);
        switch (root) {
            case "steps" -> {
                if (dot >= 0) {
                    int end = path.indexOf('.', dot + 1);
                    step(compilation, view, place, path.substring(dot + 1, end < 0 ? path.length() : end));
                }
            }
            case "secrets" -> secret(compilation, view, place, path);
            case "index", "error" -> local(compilation, view, place, root);
            default -> {
                // the expression engine knows whether the name is declared
            }
        }
    }

    private static void step(Compilation compilation, View view, Place place, String name) {
        Lookup found = Lookup.find(view, name);
        if (found == null) {
            unknown(compilation, view, place, name);
            return;
        }
        StepDraft step = found.step();
        View from = found.from();
        StepDraft reader = from.reader();
        if (from.moment() == Moment.BEFORE || from.moment() == Moment.TRIGGER) {
            compilation
                    .problems()
                    .add(
                            Code.NOT_VISIBLE,
                            place,
                            "reads step '" + name + "', which has not run when this is evaluated",
                            from.moment() == Moment.TRIGGER
                                    ? "read only 'trigger.name' and 'trigger.at'"
                                    : "read only 'input' and what is computed before");
        } else if (reader != null && step != reader && step.block().role() == Role.RACE) {
            compilation
                    .problems()
                    .add(
                            Code.RACE,
                            place,
                            "reads step '" + name + "', another branch of the same race",
                            "give the branch its own steps, or move '" + name + "' before the race");
        } else if (reader == null || found.undoing()) {
            if (!found.isOwnUndo()) {
                step.block().addOutputRead(step.number());
            }
        } else {
            reader.addRead(step.number());
        }
    }

    private static void unknown(Compilation compilation, View view, Place place, String name) {
        String inside = compilation.stepElsewhere(name);
        String block = inside.isEmpty() ? "" : inside.substring(0, inside.lastIndexOf('/'));
        compilation
                .problems()
                .add(
                        Code.UNKNOWN_STEP,
                        place,
                        "names step '" + name + "', which is "
                                + (inside.isEmpty() ? "not defined" : "inside the block '" + block + "'"),
                        inside.isEmpty()
                                ? compilation.suggestion(name, () -> Names.otherSteps(view))
                                : "put it into that block's 'output', and read the step around it; 'catch' and 'finally' see"
                                        + " nothing of 'try'");
    }

    private static void secret(Compilation compilation, View view, Place place, String path) {
        if (!view.secrets()) {
            compilation
                    .problems()
                    .add(
                            Code.SECRET,
                            place,
                            "reads '" + path
                                    + "', but secrets are only there in the 'with' of an operation that does not record it",
                            "pass it where the operation is called, so that it is never recorded");
        } else {
            String name = path.substring(path.indexOf('.') + 1);
            if (path.indexOf('.') >= 0 && !compilation.world().hasSecret(name)) {
                compilation
                        .problems()
                        .add(
                                Code.SECRET,
                                place,
                                "secret '" + name + "' is not defined",
                                compilation.suggestion(
                                        name, () -> compilation.world().secretNames()));
            }
        }
    }

    private static void local(Compilation compilation, View view, Place place, String name) {
        if (!new Names(compilation, view).hasLocal(name)) {
            compilation
                    .problems()
                    .add(
                            Code.NOT_VISIBLE,
                            place,
                            name.equals("index")
                                    ? "reads 'index', which is only there inside 'forEach' and 'repeat'"
                                    : "reads 'error', which is only there in a 'catch' block and a 'fallback'",
                            name.equals("index") ? "remove it" : "read 'steps.<name>.error' of a step instead");
        }
    }
}
