package io.auterity.server;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Json;
import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;

/** Tells people, and programs that asked for JSON, what is wrong with what they asked for. */
final class Answer {

    private final Shell shell;
    private final boolean wantsJson;

    Answer(Shell shell, String... arguments) {
        this.shell = shell;
        this.wantsJson = OutputOption.isJson(arguments);
    }

    /** Answers a command line of which some is wrong. */
    int toUsage(CommandLine command, Checks wrong) {
        Refusal refusal = wrong.refusal();
        shell.err().println(refusal.getMessage());
        if (refusal.code().equals(Refusal.USAGE)) {
            shell.err().println("'" + command.getCommandSpec().qualifiedName() + " --help' shows how it is used");
        }
        json(refusal.problems());
        return Main.REFUSED;
    }

    /** Answers a command line that ends before it says what to do. */
    int toUsage(ParameterException wrong) {
        CommandLine group = wrong.getCommandLine();
        Checks checks = new Checks();
        checks.add(List.of(Refusal.problem(
                Refusal.USAGE,
                group.getCommandSpec().qualifiedName(),
                "it is not said what to do",
                "say what to do: " + String.join(", ", group.getSubcommands().keySet()))));
        return toUsage(group, checks);
    }

    /** Answers what a command threw. */
    int to(Throwable thrown) {
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
        String defect = "this is a defect of auterity, please report it: " + thrown;
        String trace = "run it again with AUTERITY_TRACE=1 in the environment to see where";
        shell.err().println(defect);
        if (shell.environment().containsKey("AUTERITY_TRACE")) {
            thrown.printStackTrace(shell.err());
        } else {
            shell.err().println("  " + trace);
        }
        json(List.of(Refusal.problem(Refusal.DEFECT, "", defect, trace)));
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
