package io.auterity.server;

import io.auterity.event.ProgressStyle;
import java.io.Console;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.ObjectInputFilter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.Writer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.ParseResult;

/** The program {@code auterity}: runs, checks and draws workflows. */
@Command(
        name = "auterity",
        mixinStandardHelpOptions = true,
        versionProvider = Main.Version.class,
        description = "Runs workflows of AI and other steps.",
        footer = {
            "",
            "Exit codes: 0 done, 1 the run failed, 2 something is wrong with the definition, the input or the options, 3 the"
                    + " run has not ended and is in its journal.",
            "'auterity COMMAND --help' explains a command."
        })
public final class Main {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int REFUSED = 2;
    static final int UNFINISHED = 3;

    private Main() {}

    /**
     * Runs the program and ends the process.
     *
     * @param arguments a command and its options
     */
    public static void main(String[] arguments) {
        refuseSerializedObjects();
        Map<String, String> environment = System.getenv();
        boolean isUnicode = "UTF-8".equalsIgnoreCase(System.getProperty("native.encoding"));
        Charset charset = isUnicode ? StandardCharsets.UTF_8 : Charset.defaultCharset();
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);
        PrintStream err = new PrintStream(new FileOutputStream(FileDescriptor.err), false, charset);
        ProgressStyle screen = screen(environment, isErrorTerminal(), isUnicode);
        Shell shell = new Shell(System.in, out, err, environment, screen, new OwnProcess());
        int code = run(shell, arguments);
        out.flush();
        err.flush();
        System.exit(code);
    }

    /**
     * Nothing here reads Java's serialized objects, and no library may be talked into it (JEP 290); an operator who needs
     * them sets {@code jdk.serialFilter}.
     */
    private static void refuseSerializedObjects() {
        if (ObjectInputFilter.Config.getSerialFilter() == null) {
            ObjectInputFilter.Config.setSerialFilter(object -> ObjectInputFilter.Status.REJECTED);
        }
    }

    /**
     * Runs the program.
     *
     * @param shell what surrounds it
     * @param arguments a command and its options
     * @return the exit code
     */
    static int run(Shell shell, String... arguments) {
        CommandLine line = new CommandLine(new Main());
        String first = arguments.length == 0 ? "" : arguments[0];
        Map<String, Supplier<Object>> commands = commands(shell);
        commands.forEach((name, command) -> {
            if (name.equals(first) || !commands.containsKey(first)) { // the others would only take time
                line.addSubcommand(command.get());
            }
        });
        line.setCaseInsensitiveEnumValuesAllowed(true)
                .setExpandAtFiles(false) // @FILE means the content of a value here, not more arguments
                .setOut(printer(shell.out()))
                .setErr(printer(shell.err()));
        if (shell.environment().containsKey("NO_COLOR") || !shell.screen().isLive()) {
            line.setColorScheme(CommandLine.Help.defaultColorScheme(CommandLine.Help.Ansi.OFF));
        }
        Answer answer = new Answer(shell, arguments);
        Usage.tellAll(line);
        line.setExecutionStrategy(parsed -> execute(parsed, answer));
        line.setParameterExceptionHandler((e, all) -> answer.toUsage(e));
        line.setExecutionExceptionHandler((e, command, result) -> answer.to(e));
        if (arguments.length == 0) {
            line.usage(shell.err());
            return REFUSED;
        }
        try {
            return line.execute(arguments);
        } catch (RuntimeException | Error thrown) { // before the command was executed, or by all that it called
            return answer.to(thrown);
        }
    }

    /** Executes a command if there is nothing wrong with what was asked of it. */
    private static int execute(ParseResult parsed, Answer answer) {
        Integer help = CommandLine.executeHelpRequest(parsed);
        if (help != null) {
            return help;
        }
        Checks checks = new Checks();
        checks.add(Usage.problems(parsed));
        List<CommandLine> commands = parsed.asCommandLineList();
        CommandLine last = commands.get(commands.size() - 1);
        if (last.getCommand() instanceof Checks.Checked command) {
            command.check(checks);
        }
        return checks.isEmpty() ? new CommandLine.RunLast().execute(parsed) : answer.toUsage(last, checks);
    }

    private static Map<String, Supplier<Object>> commands(Shell shell) {
        Map<String, Supplier<Object>> commands = new LinkedHashMap<>();
        commands.put("run", () -> new RunCommand(shell));
        commands.put("runs", () -> RunsCommand.line(shell));
        commands.put("versions", () -> VersionsCommand.line(shell));
        commands.put("validate", () -> new ValidateCommand(shell));
        commands.put("graph", () -> new GraphCommand(shell));
        commands.put("eval", () -> new EvalCommand(shell));
        commands.put("schema", () -> new SchemaCommand(shell));
        commands.put("serve", () -> new ServeCommand(shell));
        commands.put("relay", () -> RelayCommand.line(shell));
        return commands;
    }

    private static ProgressStyle screen(Map<String, String> environment, boolean isTerminal, boolean isUnicode) {
        if (!isTerminal || environment.getOrDefault("TERM", "").equals("dumb")) {
            return ProgressStyle.PLAIN;
        }
        boolean hasColours = environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new ProgressStyle(
                true, hasColours, isUnicode, size(environment, "COLUMNS", 80, 20), size(environment, "LINES", 24, 4));
    }

    private static int size(Map<String, String> environment, String name, int usual, int least) {
        String text = environment.getOrDefault(name, "");
        return text.matches("[0-9]{1,4}") ? Math.max(least, Integer.parseInt(text)) : usual;
    }

    /** Prints characters: a writer over the stream's bytes would encode them in a character set of its own. */
    private static PrintWriter printer(PrintStream stream) {
        return new PrintWriter(
                new Writer() {
                    @Override
                    public void write(char[] text, int from, int length) {
                        stream.print(new String(text, from, length));
                    }

                    @Override
                    public void flush() {
                        stream.flush();
                    }

                    @Override
                    public void close() {
                        stream.flush();
                    }
                },
                true);
    }

    /** Whether standard error is a terminal; Java itself only knows of standard input and output together. */
    private static boolean isErrorTerminal() {
        Path link = Path.of("/proc/self/fd/2");
        try {
            if (Files.isSymbolicLink(link)) {
                String target = Files.readSymbolicLink(link).toString();
                return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
            }
        } catch (IOException | SecurityException unknown) {
            return false;
        }
        return isTerminal(Console.class, System.console());
    }

    /**
     * Whether a console is a terminal. From Java 22 on there may be one where input and output are redirected, and it can
     * be asked; before, its existence says so.
     *
     * @param type the class that has {@code isTerminal} if consoles do; their own classes are not open to us
     */
    static <T> boolean isTerminal(Class<T> type, @Nullable T console) {
        if (console == null) {
            return false;
        }
        try {
            return Boolean.TRUE.equals(type.getMethod("isTerminal").invoke(console));
        } catch (NoSuchMethodException before22) {
            return true;
        } catch (ReflectiveOperationException unknown) {
            return false;
        }
    }

    /** Tells the version. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = Optional.ofNullable(Main.class.getPackage().getImplementationVersion())
                    .orElse("(development)");
            return new String[] {"auterity " + version + ", Java " + Runtime.version()};
        }
    }
}
