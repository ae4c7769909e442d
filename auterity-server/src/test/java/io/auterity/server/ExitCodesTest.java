package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.server.CommandLineRun.Result;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** The exit codes that docs/command-line.md tells of, each command with each of its codes once. */
class ExitCodesTest {

    private static final Pattern ROW = Pattern.compile("(?m)^\\| `(\\w+)[^|]*\\|[^|]*\\|([^|]*)\\|$");
    private static final Pattern CODE = Pattern.compile("(?<![\\w-])[0-9](?![\\w-])");
    private static final Pattern COMMAND = Pattern.compile("(?m)^  (\\w+) ");

    private static final String GOOD = "auterity: 1\nid: good\nsteps: {a: {value: 1}}\n";
    private static final String OTHER = "auterity: 1\nid: good\nsteps: {a: {value: 2}}\n";
    private static final String FAILS = "auterity: 1\nid: fails\nsteps: {a: {fail: {message: no}}}\n";
    private static final String WAITS = "auterity: 1\nid: waits\nsteps: {a: {await: {signal: go}}}\n";
    private static final String RELAY = """
            relay: 1
            providers: {openai: {speaks: openai, url: "https://api.openai.com/v1", credentials: [openai]}}
            models: {openai/gpt-4o: {context: 128000, max-output: 16384}}
            keys: [{id: app, tenant: acme, secret: app-key}]
            rules: [{id: no, when: {field: prompt, contains: IBAN}, then: [{reject: {status: 451, message: No.}}]}]
            """;

    @TempDir
    private Path directory;

    private CommandLineRun auterity;
    private String good;
    private String waits;
    private String relay;
    private String journal;

    @BeforeEach
    void prepare() {
        auterity = new CommandLineRun(directory).environment("AUTERITY_SECRET_APP_KEY", "k".repeat(30));
        good = auterity.file("good.yaml", GOOD);
        waits = auterity.file("waits.yaml", WAITS);
        relay = auterity.file("relay.yaml", RELAY);
        journal = "sqlite:" + directory.resolve("runs.db");
    }

    /** A command line for each code that a command may end with. */
    private Map<String, Map<Integer, Supplier<Result>>> cases() {
        Map<String, Map<Integer, Supplier<Result>>> cases = new TreeMap<>();
        cases.put(
                "run",
                Map.of(
                        Main.OK, () -> auterity.run("run", good),
                        Main.FAILED, () -> auterity.run("run", auterity.file("fails.yaml", FAILS)),
                        Main.REFUSED, () -> auterity.run("run", good, "--timeout", "soon"),
                        Main.UNFINISHED, () -> auterity.run("run", waits, "--journal", journal)));
        cases.put(
                "validate",
                Map.of(
                        Main.OK, () -> auterity.run("validate", good),
                        Main.REFUSED, () -> auterity.run("validate", auterity.file("bad.yaml", "auterity: 1"))));
        cases.put(
                "graph",
                Map.of(
                        Main.OK, () -> auterity.run("graph", good),
                        Main.REFUSED, () -> auterity.run("graph", good, "--format", "picture")));
        cases.put(
                "eval",
                Map.of(
                        Main.OK, () -> auterity.run("eval", "1 + 1"),
                        Main.FAILED, () -> auterity.run("eval", "1 / 0"),
                        Main.REFUSED, () -> auterity.run("eval", "1 +")));
        cases.put(
                "schema",
                Map.of(
                        Main.OK, () -> auterity.run("schema"),
                        Main.REFUSED, () -> auterity.run("schema", "--of", "me")));
        cases.put(
                "runs",
                Map.of(
                        Main.OK, () -> recorded("runs", "list"),
                        Main.FAILED, () -> recorded("runs", "cancel", "done"),
                        Main.REFUSED, () -> recorded("runs", "show", "nobody"),
                        Main.UNFINISHED, this::interrupted));
        cases.put(
                "versions",
                Map.of(
                        Main.OK, () -> recorded("versions", "list", "good"),
                        Main.FAILED, () -> recorded("versions", "check", auterity.file("other.yaml", OTHER)),
                        Main.REFUSED, () -> recorded("versions", "rollback", "good", "abcdef")));
        cases.put(
                "serve",
                Map.of(
                        Main.OK,
                        this::served,
                        Main.REFUSED,
                        () -> auterity.run("serve", "--relay-config", relay, "--port", "x")));
        cases.put(
                "relay",
                Map.of(
                        Main.OK, () -> auterity.run("relay", "key"),
                        Main.FAILED, () -> explained("--prompt", "my IBAN"),
                        Main.REFUSED, () -> explained("--prompt", "x", "--key", "nobody")));
        return cases;
    }

    /** Runs a command on a journal with one run that has ended. */
    private Result recorded(String... command) {
        auterity.run("run", good, "--run-id", "done", "--journal", journal, "--quiet");
        auterity.run(
                "run", auterity.file("left.yaml", WAITS.replace("waits", "good")), "--journal", journal, "--quiet");
        return auterity.run(Stream.concat(Stream.of(command), Stream.of("--journal", journal))
                .toArray(String[]::new));
    }

    /** Goes on with a run that takes an hour, in a process that is to end. */
    private Result interrupted() {
        String hour = auterity.file("hour.yaml", "auterity: 1\nid: hour\nsteps: {a: {wait: 1h}}\n");
        to(run -> run.terminate(ended()), "run", hour, "--journal", journal, "--quiet");
        return to(run -> run.interrupt(ended()), "runs", "resume", "--journal", journal, "--quiet");
    }

    private Result served() {
        return to(run -> run.interrupt(ended()), "serve", "--relay-config", relay, "--port", "0");
    }

    private Result to(UnaryOperator<CommandLineRun> signal, String... command) {
        return signal.apply(new CommandLineRun(directory)
                        .environment("AUTERITY_SECRET_APP_KEY", "k".repeat(30))
                        .environment("AUTERITY_CREDENTIAL_OPENAI", "{\"kind\": \"bearer\", \"token\": \"sk\"}"))
                .run(command);
    }

    /** Sends its signal as soon as somebody would hear it. */
    private static CompletableFuture<Runnable> ended() {
        CompletableFuture<Runnable> signal = new CompletableFuture<>();
        signal.thenAccept(Runnable::run);
        return signal;
    }

    private Result explained(String... options) {
        return auterity.run(Stream.concat(Stream.of("relay", "explain", "--relay-config", relay), Stream.of(options))
                .toArray(String[]::new));
    }

    @TestFactory
    Stream<DynamicTest> each_command_ends_with_each_of_its_codes() {
        return cases().entrySet().stream()
                .flatMap(command -> command.getValue().entrySet().stream()
                        .map(one -> DynamicTest.dynamicTest(
                                command.getKey() + " " + one.getKey(),
                                () -> assertThat(one.getValue().get())
                                        .extracting(Result::code)
                                        .isEqualTo(one.getKey()))));
    }

    @Test
    void the_page_has_these_codes_of_these_commands() throws IOException {
        Map<String, Set<Integer>> tested = new TreeMap<>();
        cases().forEach((command, codes) -> tested.put(command, new TreeSet<>(codes.keySet())));
        assertThat(documented()).isEqualTo(tested);
        Set<String> commands = new LinkedHashSet<>();
        String help = auterity.run("--help").out();
        Matcher command = COMMAND.matcher(help.substring(help.indexOf("Commands:")));
        while (command.find()) {
            commands.add(command.group(1));
        }
        assertThat(tested.keySet()).isEqualTo(commands);
    }

    private static Map<String, Set<Integer>> documented() throws IOException {
        Map<String, Set<Integer>> documented = new TreeMap<>();
        Matcher row = ROW.matcher(page());
        while (row.find()) {
            Set<Integer> codes = documented.computeIfAbsent(row.group(1), any -> new TreeSet<>());
            CODE.matcher(row.group(2)).results().forEach(code -> codes.add(Integer.parseInt(code.group())));
        }
        return documented;
    }

    private static String page() throws IOException {
        Path at = Path.of("").toAbsolutePath();
        while (!Files.exists(at.resolve("docs/command-line.md"))) {
            at = at.getParent();
            assertThat(at).as("a directory with docs/command-line.md").isNotNull();
        }
        return Files.readString(at.resolve("docs/command-line.md"));
    }
}
