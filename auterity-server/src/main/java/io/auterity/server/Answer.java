package io.auterity.server;

import io.auterity.definition.AuterityException;
import io.auterity.definition.Closest;
import io.auterity.definition.Json;
import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Tells people, and programs that asked for JSON, what is wrong with what they asked for. */
final class Answer {

    private final Shell shell;
    private final boolean wantsJson;

    Answer(Shell shell, String... arguments) {
        this.shell = shell;
        this.wantsJson = OutputOption.isJson(arguments);
    }

    /** Answers a command line that cannot be understood. */
    int toUsage(ParameterException wrong) {
        CommandLine command = wrong.getCommandLine();
        String name = command.getCommandSpec().qualifiedName();
        String what = wrong.getArgSpec() != null && wrong.getArgSpec().type().isEnum()
                ? noWord(wrong.getArgSpec(), String.valueOf(wrong.getValue()))
                : String.valueOf(wrong.getMessage());
        Set<String> commands = command.getSubcommands().keySet();
        if (commands.isEmpty()) {
            shell.err().println(what);
            UnmatchedArgumentException.printSuggestions(wrong, command.getErr());
        } else {
            what = wrong instanceof UnmatchedArgumentException unmatched
                    ? unknown(unmatched.getUnmatched().get(0), commands)
                    : "say what to do: " + String.join(", ", commands);
            shell.err().println(what);
        }
        shell.err().println("'" + name + " --help' shows how it is used");
        json(List.of(Refusal.problem(Refusal.USAGE, name, what, "see '" + name + " --help'")));
        return Main.REFUSED;
    }

    private static String noWord(ArgSpec option, String value) {
        Set<String> words = new LinkedHashSet<>();
        option.completionCandidates().forEach(words::add);
        String name = option instanceof OptionSpec named ? named.longestName() : option.paramLabel();
        return name + " does not take '" + value + "'; " + Closest.fix(value, words);
    }

    private static String unknown(String word, Set<String> commands) {
        return (word.startsWith("-")
                        ? "there is no option '" + word + "' before a command; "
                        : "there is no command '" + word + "'; ")
                + Closest.fix(word, commands);
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
