package io.auterity.relay;

import io.auterity.definition.Json;
import io.auterity.relay.quality.ChoiceLog;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.quality.QualityPredictor;
import io.auterity.relay.tokens.TokenCounter;
import java.io.BufferedWriter;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Keeps in a file what a relay learns: scored examples, choices whose scores may still come, and the tokens that models make
 * of prompts.
 *
 * <pre>{@code
 * LearnedFile learned = LearnedFile.open(path, PredictorSettings.DEFAULT, RelayBuilder.DEFAULT_CHOICES);
 * Relay relay = Relay.builder(policy, clock).learning(learned.learning()).tokens(learned.tokens())...
 * learned.save(); // now and then, and at the end
 * }</pre>
 *
 * <p>The file holds no prompts, only the hashes of their words. It is written beside itself, flushed to the disk, and then
 * takes the place of the former one, so that a crash leaves one or the other; what was learned since the last {@link #save} is
 * lost with the process. A file that is damaged, or that a newer version wrote, is refused and left as it is. It has lines of
 * JSON between a first one with the version and a last one with their number, and is readable by its owner only.
 *
 * <p>One process has the file at a time. Thread-safe.
 */
public final class LearnedFile {

    /** The version of the format. */
    static final long VERSION = 1;

    private static final String HEAD = "auterity-learned";
    private static final String END = "lines";
    private static final List<String> KINDS = List.of("example", "choice", "tokens");

    private final Path file;
    private final Relay.Learning learning;
    private final TokenCounter tokens;
    private String saved = ""; // the hash of what the file says; guarded by this

    private LearnedFile(Path file, Relay.Learning learning, TokenCounter tokens) {
        this.file = file;
        this.learning = learning;
        this.tokens = tokens;
    }

    /**
     * Reads a file; one that is not there yet stands for a relay that has learned nothing.
     *
     * @param file the file; its folder exists
     * @param settings how the predictor weighs
     * @param choices how many choices are remembered until their scores come
     * @return what was learned
     * @throws LearnedFileException if it cannot be read, is damaged, or was written by a newer version
     */
    public static LearnedFile open(Path file, PredictorSettings settings, int choices) {
        Objects.requireNonNull(file, "file");
        Map<String, List<String>> parts = new LinkedHashMap<>();
        KINDS.forEach(kind -> parts.put(kind, new ArrayList<>()));
        try {
            boolean isThere = Files.exists(file);
            List<String> lines = isThere ? Files.readAllLines(file, StandardCharsets.UTF_8) : List.of();
            if (isThere) {
                sort(lines, parts);
            }
            QualityPredictor predictor = QualityPredictor.read(part(parts, "example"), settings);
            ChoiceLog log = ChoiceLog.read(part(parts, "choice"), choices, predictor);
            TokenCounter counter = TokenCounter.read(part(parts, "tokens"));
            LearnedFile learned = new LearnedFile(file, new Relay.Learning(predictor, log), counter);
            learned.saved = hash(isThere ? lines : learned.lines()); // nothing learned is nothing to write
            return learned;
        } catch (IOException | RuntimeException e) { // whatever a damaged line makes of the readers
            throw new LearnedFileException(
                    "what was learned cannot be read from " + file + ": "
                            + (e instanceof IOException io ? LearnedFileException.why(io) : e.getMessage())
                            + "\n  fix: put a copy back, or move the file away to begin anew; it was left as it is",
                    e);
        }
    }

    private static List<String> part(Map<String, List<String>> parts, String kind) {
        return Objects.requireNonNull(parts.get(kind));
    }

    /** Checks the frame and sorts the lines by what they are. */
    private static void sort(List<String> lines, Map<String, List<String>> parts) {
        if (lines.isEmpty() || !(json(lines.get(0), 1).get(HEAD) instanceof Long version) || version < 1) {
            throw new IllegalArgumentException("it is no such file");
        }
        if (version > VERSION) {
            throw new IllegalArgumentException(
                    "it has the format " + version + " of a newer version; this one knows " + VERSION);
        }
        int last = lines.size() - 1;
        for (int i = 1; i < last; i++) {
            Map<?, ?> line = json(lines.get(i), i + 1);
            String kind = KINDS.stream()
                    .filter(line::containsKey)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("it has a line that is nothing"));
            part(parts, kind).add(Json.write(line.get(kind)));
        }
        if (!Long.valueOf(last - 1L).equals(json(lines.get(last), last + 1).get(END))) {
            throw new IllegalArgumentException("its end is missing, after line " + (last + 1));
        }
    }

    private static Map<?, ?> json(String line, int number) {
        try {
            if (Json.read(line) instanceof Map<?, ?> map) {
                return map;
            }
        } catch (RuntimeException e) {
            throw new IllegalArgumentException("line " + number + " is damaged: " + e.getMessage(), e);
        }
        throw new IllegalArgumentException("line " + number + " is damaged");
    }

    /**
     * Returns what the relay is to learn into.
     *
     * @return the predictor and the log
     */
    public Relay.Learning learning() {
        return learning;
    }

    /**
     * Returns what counts the tokens of prompts, and learns from usage.
     *
     * @return the counter
     */
    public TokenCounter tokens() {
        return tokens;
    }

    /**
     * Writes down what has been learned, unless it is what the file says already.
     *
     * @return whether something was written
     * @throws LearnedFileException if it cannot be written; the former file is then still there
     */
    public synchronized boolean save() {
        List<String> lines = lines();
        String hash = hash(lines);
        if (hash.equals(saved)) {
            return false;
        }
        Path beside = file.resolveSibling(file.getFileName() + ".new");
        try {
            write(beside, lines);
            Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new LearnedFileException(
                    "what was learned cannot be written to " + file + ": "
                            + LearnedFileException.why(e)
                            + "\n  fix: name a file in a folder that is there and may be written",
                    e);
        }
        saved = hash;
        return true;
    }

    private List<String> lines() {
        List<String> lines = new ArrayList<>();
        lines.add(Json.write(Map.of(HEAD, VERSION)));
        learning.predictor().write().forEach(line -> lines.add(framed("example", line)));
        learning.choices().write().forEach(line -> lines.add(framed("choice", line)));
        tokens.write().forEach(line -> lines.add(framed("tokens", line)));
        lines.add(Json.write(Map.of(END, lines.size() - 1L)));
        return lines;
    }

    private static String hash(List<String> lines) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            lines.forEach(line -> digest.update((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private static String framed(String kind, String json) {
        return "{\"" + kind + "\":" + json + "}";
    }

    private static void write(Path to, List<String> lines) throws IOException {
        Files.deleteIfExists(to);
        if (to.getFileSystem().supportedFileAttributeViews().contains("posix")) {
            Files.createFile(to, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        }
        try (FileOutputStream out = new FileOutputStream(to.toFile());
                Writer writer = new BufferedWriter(new OutputStreamWriter(out, StandardCharsets.UTF_8))) {
            for (String line : lines) {
                writer.write(line);
                writer.write('\n');
            }
            writer.flush();
            out.getFD().sync();
        }
    }
}
