package io.auterity.definition;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Reads definitions from YAML 1.2 or JSON, with every problem at once and the place of each.
 *
 * <p>A text that is a JSON object is read as JSON, anything else as YAML. Tags make no types, anchors and aliases work
 * within limits, merge keys ({@code <<}) do not exist, and a key that repeats is a problem. What a text may mean at all is
 * decided here; whether names, references, types and edges hold is the compiler's question.
 *
 * <p>Nothing but {@link DefinitionException} ever leaves a reader, whatever the text. Immutable and safe for all threads.
 */
public final class DefinitionReader {

    private static final String EXAMPLE = "an object with 'auterity', 'id' and 'steps'";

    private static final Map<String, Object> ANY_INPUT = Map.of("type", "object");

    private static final String SPLIT = "split it into workflows that run each other with 'run'";

    private final Limits limits;

    /**
     * A definition and where its parts stand in the text.
     *
     * @param definition the definition
     * @param positions where its parts stand
     * @param warnings what nears a limit, {@link WarnLevel}, or has no effect yet; sentences without their subject, the definition
     */
    public record Parsed(Definition definition, Positions positions, List<String> warnings) {

        /** Copies the warnings. */
        public Parsed {
            warnings = List.copyOf(warnings);
        }
    }

    /** Makes a reader with {@link Limits#DEFAULT}. */
    public DefinitionReader() {
        this(Limits.DEFAULT);
    }

    /**
     * Makes a reader.
     *
     * @param limits how much a text may ask for
     */
    public DefinitionReader(Limits limits) {
        this.limits = limits;
    }

    /**
     * Makes a reader of definitions that were written down by us: {@link DefinitionWriter} uses more space than people do, and
     * code may build larger ones than are accepted as a text.
     *
     * @return the reader, with {@link Limits#RECORDED}
     */
    public static DefinitionReader ofRecords() {
        return new DefinitionReader(Limits.RECORDED);
    }

    /**
     * Reads a definition.
     *
     * @param text YAML or JSON
     * @return the definition with its positions
     * @throws DefinitionException with everything that is wrong
     */
    public Parsed read(String text) {
        return read(text, "");
    }

    /**
     * Reads a definition.
     *
     * @param text YAML or JSON
     * @param file the file's name for messages; empty for a text without a file
     * @return the definition with its positions
     * @throws DefinitionException with everything that is wrong
     */
    public Parsed read(String text, String file) {
        Reading reading = new Reading(file, limits);
        try {
            long bytes = length(text);
            checkLength(bytes);
            return definition(text.startsWith("\uFEFF") ? text.substring(1) : text, file, bytes, reading);
        } catch (NodeBudget.Stop stop) {
            throw reading.stopped(stop);
        }
    }

    /**
     * Reads a definition.
     *
     * @param text YAML or JSON in UTF-8, with or without a byte order mark
     * @param file the file's name for messages; empty for a text without a file
     * @return the definition with its positions
     * @throws DefinitionException with everything that is wrong
     */
    public Parsed read(byte[] text, String file) {
        Reading reading = new Reading(file, limits);
        try {
            checkLength(text.length);
            return read(decoded(text), file);
        } catch (NodeBudget.Stop stop) {
            throw reading.stopped(stop);
        }
    }

    private void checkLength(long bytes) {
        if (bytes > limits.maxBytes()) {
            throw new NodeBudget.Stop(
                    Codes.LIMIT,
                    "the text has " + bytes + " bytes, more than " + limits.maxBytes() + " (limit maxBytes)",
                    "make it smaller, or read it with a larger maxBytes",
                    1,
                    1);
        }
    }

    private static long length(String text) {
        long bytes = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            bytes += c < 0x80 ? 1 : c < 0x800 || Character.isSurrogate(c) ? 2 : 3;
        }
        return bytes;
    }

    private static String decoded(byte[] text) {
        ByteBuffer bytes = ByteBuffer.wrap(text);
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT)
                    .decode(bytes)
                    .toString();
        } catch (CharacterCodingException e) {
            String before = new String(text, 0, bytes.position(), StandardCharsets.UTF_8);
            throw new NodeBudget.Stop(
                    Codes.SYNTAX,
                    "the text is not UTF-8 at byte " + bytes.position(),
                    "save the file as UTF-8",
                    (int) before.chars().filter(c -> c == '\n').count() + 1,
                    before.length() - before.lastIndexOf('\n'));
        }
    }

    private Parsed definition(String text, String file, long bytes, Reading reading) {
        Node root = nodes(text, file);
        Part whole = Part.root(reading, root);
        Definition definition = workflow(whole);
        List<String> warnings = warnings(bytes, root.height(), definition);
        Parsed parsed = new Parsed(definition, Positions.of(file, root), warnings);
        if (reading.count() > 0) {
            throw reading.refused(isCompilable(whole, parsed.definition()) ? Optional.of(parsed) : Optional.empty());
        }
        return parsed;
    }

    private List<String> warnings(long bytes, int height, Definition definition) {
        return Stream.of(
                        WarnLevel.TEXT_BYTES.warning(bytes, "bytes of text", limits.maxBytes(), SPLIT),
                        WarnLevel.DEPTH.warning(height, "levels of lists and objects", limits.maxDepth(), SPLIT),
                        unheard(definition))
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<String> unheard(Definition definition) {
        return definition.triggers().stream().anyMatch(Trigger.Webhook.class::isInstance)
                ? Optional.of(
                        "has a webhook, for which nothing listens yet; start its runs from a program or a schedule")
                : Optional.empty();
    }

    /** Whether all names that the parts use of each other can be known, although some parts could not be read. */
    private static boolean isCompilable(Part whole, Definition definition) {
        return !definition.id().isEmpty()
                && whole.get("auterity").filter(p -> p.isNumber(Keys.VERSION)).isPresent()
                && whole.get("steps").filter(Part::isObject).isPresent()
                && whole.get("vars").map(Part::isObject).orElse(true);
    }

    /** Reads a part; takes another value if something is wrong with it. */
    private static <T> T intact(Part part, Function<Part, ? extends T> read, T otherwise) {
        int before = part.reading().count();
        T value = read.apply(part);
        return part.reading().count() == before ? value : otherwise;
    }

    private Node nodes(String text, String file) {
        if (!JsonNodes.mayBe(text)) {
            return YamlNodes.read(text, limits);
        }
        try {
            return JsonNodes.read(text, limits);
        } catch (NodeBudget.Stop notJson) {
            if (!notJson.code.equals(Codes.SYNTAX) || file.endsWith(".json")) {
                throw notJson;
            }
            return YamlNodes.read(text, limits); // a YAML flow mapping begins the same way
        }
    }

    private static Definition workflow(Part part) {
        part.get("id")
                .filter(Part::isText)
                .flatMap(id -> id.text(""))
                .filter(id -> !id.isBlank())
                .ifPresent(part.reading()::workflow);
        if (!part.object(EXAMPLE, Keys.WORKFLOW)) {
            return Definition.of("");
        }
        version(part);
        String id =
                part.need("id", "my-workflow").flatMap(p -> p.name("a text")).orElse("");
        return new Definition(
                id,
                part.get("description").flatMap(p -> p.text("a text")).orElse(""),
                part.get("input")
                        .map(p -> intact(p, SchemaShorthand::read, ANY_INPUT))
                        .orElse(Map.of()),
                settings(part),
                new StepReader().block(part),
                part.get("triggers").map(TriggerReader::read).orElse(List.of()));
    }

    private static void version(Part part) {
        Optional<Part> version = part.get("auterity");
        if (version.isEmpty()) {
            part.problem(Codes.VERSION, "the format version is missing", "begin with 'auterity: 1'");
        } else if (!version.get().isNumber(Keys.VERSION)) {
            version.get()
                    .problem(
                            Codes.VERSION,
                            "the format version is not one this library reads, which is " + Keys.VERSION,
                            "write 'auterity: 1', or use a newer Auterity");
        }
    }

    private static Settings settings(Part part) {
        Settings.Defaults defaults = part.get("defaults")
                .filter(p -> p.object("an object with 'timeout' and 'retry'", Keys.DEFAULTS))
                .map(p -> new Settings.Defaults(
                        p.get("timeout").flatMap(Part::duration), p.get("retry").flatMap(RetryReader::read)))
                .orElse(Settings.Defaults.NONE);
        Optional<String> onFailure = part.get("onFailure")
                .filter(p -> p.object("an object such as {run: alert-operations}", Keys.ON_FAILURE))
                .flatMap(p -> p.need("run", "alert-operations"))
                .flatMap(p -> p.name("the id of a workflow"));
        return new Settings(
                defaults,
                part.get("vars")
                        .map(p -> p.templates("an object of named values"))
                        .orElse(Map.of()),
                part.get("timeout").flatMap(Part::duration),
                part.get("maxRuns").flatMap(p -> p.integer(1, Settings.MOST_RUNS)),
                onFailure);
    }
}
