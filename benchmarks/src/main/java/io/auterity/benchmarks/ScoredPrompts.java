package io.auterity.benchmarks;

import io.auterity.definition.Json;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.quality.Example;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.zip.GZIPInputStream;

/**
 * Prompts with the score of every model, read from lines of JSON, compressed with gzip or not.
 *
 * <p>A line has {@code prompt} and either {@code scores}, a list with a number for each model, or {@code weak} and
 * {@code strong}; {@code task} or {@code subject} and {@code fold} if it likes.
 *
 * @param models the models, in the order of the scores
 * @param rows the prompts
 */
record ScoredPrompts(List<ModelName> models, List<Row> rows) {

    /**
     * One prompt.
     *
     * @param prompt its text
     * @param task its kind, or an empty text
     * @param scores by model
     * @param fold the part of a cross-validation it belongs to
     */
    record Row(String prompt, String task, double[] scores, int fold) {}

    static ScoredPrompts read(List<Path> files) throws IOException {
        List<Row> rows = new ArrayList<>();
        boolean isPair = false;
        for (Path file : files) {
            try (InputStream bytes = Files.newInputStream(file);
                    InputStream plain = file.toString().endsWith(".gz") ? new GZIPInputStream(bytes) : bytes;
                    BufferedReader lines = new BufferedReader(new InputStreamReader(plain, StandardCharsets.UTF_8))) {
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (!line.isBlank()) {
                        Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.read(line), line);
                        isPair |= json.containsKey("strong");
                        rows.add(row(json));
                    }
                }
            }
        }
        if (rows.isEmpty()) {
            throw new UsageException("there is no prompt in " + files);
        }
        List<ModelName> models = new ArrayList<>();
        for (int i = 0; i < rows.get(0).scores().length; i++) {
            models.add(new ModelName("bench", isPair ? List.of("weak", "strong").get(i) : "model-" + i));
        }
        return new ScoredPrompts(List.copyOf(models), List.copyOf(rows));
    }

    private static Object given(Map<?, ?> json, String name) {
        return Objects.requireNonNull(json.get(name), name);
    }

    private static Row row(Map<?, ?> json) {
        String prompt = String.valueOf(json.get("prompt"));
        double[] scores = json.get("scores") instanceof List<?> list
                ? list.stream().mapToDouble(ScoredPrompts::number).toArray()
                : new double[] {number(given(json, "weak")), number(given(json, "strong"))};
        Object task = json.containsKey("task") ? json.get("task") : json.get("subject");
        // a prompt without a fold gets one that does not follow the order of the file
        int fold = json.get("fold") instanceof Long given
                ? given.intValue()
                : Math.floorMod((prompt.hashCode() * 0x9E3779B9) >>> 7, 5);
        return new Row(prompt, task == null ? "" : String.valueOf(task), scores, fold);
    }

    private static double number(Object value) {
        if (value instanceof Number number) {
            return number.doubleValue();
        }
        throw new UsageException("a score is a number, not " + value);
    }

    /** What a router learns from a prompt. */
    Example example(Row row) {
        Map<ModelName, Double> scores = new LinkedHashMap<>();
        for (int i = 0; i < models.size(); i++) {
            scores.put(models.get(i), row.scores()[i]);
        }
        return new Example(
                row.prompt(), Optional.of(row.task()).filter(task -> !task.isEmpty()), scores, Instant.EPOCH);
    }

    ScoredPrompts with(List<Row> others) {
        return new ScoredPrompts(models, others);
    }
}
