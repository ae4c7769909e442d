package io.auterity.server;

import io.auterity.definition.Closest;
import io.auterity.definition.Problem;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;
import picocli.CommandLine.UnmatchedArgumentException;

/** Everything that the parser finds wrong with a command line: what, and how to write it. */
final class Usage {

    private final Set<ArgSpec> missing = new LinkedHashSet<>();
    private final List<Problem> problems = new ArrayList<>();

    private Usage() {}

    /** Lets parsers go on after a mistake, so that there may be more than one. */
    static void tellAll(CommandLine line) {
        line.getCommandSpec().parser().collectErrors(true);
        if (line.getCommand() instanceof EvalCommand) { // whose expression may begin with a minus
            line.getCommandSpec().parser().unmatchedOptionsArePositionalParams(true);
        }
        line.getSubcommands().values().forEach(Usage::tellAll);
    }

    /** Returns what is wrong, in the order of the command line; what is missing comes last. */
    static List<Problem> problems(ParseResult parsed) {
        Usage usage = new Usage();
        for (ParseResult at = parsed; at != null; at = at.subcommand()) {
            for (Exception error : at.errors()) {
                usage.add(at.commandSpec(), error);
            }
        }
        for (ArgSpec argument : usage.missing) {
            String dash = argument.isOption() ? "" : "; behind -- if it begins with a dash";
            usage.problem(argument.command(), named(argument) + " is missing", "add " + synopsis(argument) + dash);
        }
        return usage.problems;
    }

    private void add(CommandSpec command, Exception error) {
        if (error instanceof UnmatchedArgumentException unmatched) {
            unmatched(command, unmatched.getUnmatched());
        } else if (error instanceof MissingParameterException incomplete) {
            missing(command, incomplete);
        } else if (error instanceof ParameterException wrong && wrong.getArgSpec() != null) {
            wrongValue(command, wrong, wrong.getArgSpec());
        } else {
            problem(command, String.valueOf(error.getMessage()), help(command));
        }
    }

    private void unmatched(CommandSpec command, List<String> words) {
        Set<String> commands = command.subcommands().keySet();
        if (!commands.isEmpty()) {
            String word = words.get(0); // what follows belongs to it
            boolean isOption = word.startsWith("-");
            String what = isOption ? "there is no option '" + word + "' before a command" : noCommand(word);
            problem(command, what, Closest.fix(word, isOption ? options(command) : commands));
            return;
        }
        for (String word : words) {
            if (word.startsWith("-")) {
                String name = word.contains("=") ? word.substring(0, word.indexOf('=')) : word;
                problem(command, "there is no option '" + name + "'", Closest.fix(name, options(command)));
            } else {
                boolean isInput = word.contains("=") && options(command).contains("--input");
                problem(
                        command,
                        "'" + word + "' is one word too many",
                        isInput ? "write --input " + Shell.quoted(word) : "leave it out, or put quotes around a value");
            }
        }
    }

    static List<String> options(CommandSpec command) {
        return command.options().stream().map(OptionSpec::longestName).toList();
    }

    private static String noCommand(String word) {
        return "there is no command '" + word + "'";
    }

    private void missing(CommandSpec command, MissingParameterException incomplete) {
        String message = String.valueOf(incomplete.getMessage());
        boolean isWhole = message.startsWith("Missing required parameter for option")
                || message.startsWith("Expected parameter for option");
        if (isWhole) {
            ArgSpec option = incomplete.getMissing().get(0);
            problem(command, named(option) + " has no value", "write " + synopsis(option));
        } else {
            missing.addAll(incomplete.getMissing());
        }
    }

    private void wrongValue(CommandSpec command, ParameterException wrong, ArgSpec argument) {
        String value = wrong.getValue() == null ? "" : wrong.getValue();
        if (argument.type().isEnum()) {
            Set<String> words = new LinkedHashSet<>();
            argument.completionCandidates().forEach(words::add);
            problem(command, takesNo(argument, value), Closest.fix(value, words));
        } else if (argument.type() == int.class || argument.type() == long.class) {
            problem(command, takesNo(argument, value), "write a whole number, as in " + synopsis(argument));
        } else {
            problem(command, takesNo(argument, value), "write " + synopsis(argument));
        }
    }

    private static String takesNo(ArgSpec argument, String value) {
        return named(argument) + " does not take '" + value + "'";
    }

    private static String named(ArgSpec argument) {
        return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
    }

    private static String synopsis(ArgSpec argument) {
        return argument instanceof OptionSpec option
                ? option.longestName() + " " + option.paramLabel()
                : argument.paramLabel();
    }

    private static String help(CommandSpec command) {
        return "see '" + command.qualifiedName() + " --help'";
    }

    private void problem(CommandSpec command, String what, String fix) {
        problems.add(Refusal.problem(Refusal.USAGE, command.qualifiedName(), what, fix));
    }
}
