package io.auterity.server;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Closest;
import io.auterity.definition.Json;
import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells people, and programs that asked for JSON, what is wrong with what they asked for. */
final class Answer {

    private final Shell shell;
    private final boolean wantsJson;

    Answer(Shell shell, String... arguments) {
        this.shell = shell;
        this.wantsJson = wantsJson(arguments);
    }

    /** Looks for the option without parsing, since an answer is also due when parsing fails. */
    private static boolean wantsJson(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            String next = i + 1 < arguments.length ? arguments[i + 1] : "";
            if (arguments[i].equalsIgnoreCase("--output=json")
                    || (arguments[i].equals("--output") && next.equalsIgnoreCase("json"))) {
                return true;
            }
        }
        return false;
    }

    /** Answers a command line that cannot be understood. */
    int toUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String what = String.valueOf(wrong.getMessage());
        if (wrong instanceof UnmatchedArgumentException unmatched
                && !command.getSubcommands().isEmpty()) {
            String word = unmatched.getUnmatched().get(0);
            what = "there is no command '" + word + "'; "
                    + Closest.fix(word, command.getSubcommands().keySet());
        }
        shell.err().println(what);
        UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        shell.err().println("'" + name + " --help' shows how it is used");
        json(List.of(Refusal.problem(Refusal.USAGE, name, what, "see '" + name + " --help'")));
        return Main.REFUSED;
    }

    /** Answers what a command threw. */
    int to(Exception thrown) {
        if (thrown instanceof AuterityException refusal) {
            shell.err().println(refusal.getMessage());
            List<Problem> problems = WorkflowFiles.problemsOf(refusal);
            if (problems.isEmpty()) {
                json(List.of(Refusal.problem(refusal.code(), "", String.valueOf(refusal.getMessage()), "")));
            } else {
                json(problems);
            }
            return Main.REFUSED;
        }
        shell.err().println("this is a defect of auterity, please report it: " + thrown);
        if (shell.environment().containsKey("AUTERITY_TRACE")) {
            thrown.printStackTrace(shell.err());
        } else {
            shell.err().println("  run it again with AUTERITY_TRACE=1 in the environment to see where");
        }
        return Main.FAILED;
    }

    private void json(List<Problem> problems) {
        if (wantsJson) {
            shell.out().println(Json.pretty(problemsAsJson(problems)));
        }
    }

    /** The form of problems that other programs rely on. */
    static Map<String, Object> problemsAsJson(List<Problem> problems) {
        List<Object> list = new ArrayList<>();
        for (Problem problem : problems) {
            Map<String, Object> json = new LinkedHashMap<>();
            json.put("code", problem.code());
            json.put("where", problem.where());
            json.put("what", problem.what());
            json.put("fix", problem.fix());
            json.put("file", problem.position().map(Problem.Position::file).orElse(null));
            json.put(
                    "line",
                    problem.position().map(position -> (long) position.line()).orElse(null));
            list.add(json);
        }
        return Map.of("problems", list);
    }
}
