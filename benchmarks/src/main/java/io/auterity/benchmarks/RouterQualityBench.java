package io.auterity.benchmarks;

import io.auterity.definition.Json;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.quality.Example;
import io.auterity.relay.quality.LoggedChoice;
import io.auterity.relay.quality.OffPolicy;
import io.auterity.relay.quality.Prediction;
import io.auterity.relay.quality.PredictorSettings;
import io.auterity.relay.quality.QualityPredictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * How well the router chooses, on published scores of real models.
 *
 * <p>For many models: the mean score of the chosen one, beside that of the best single model; and what it costs to be as
 * good as the best single model, in percent of always calling that one. For a weak and a strong model: the average
 * performance gap recovered (APGR of RouteLLM, Ong et al. 2024): the area under the curve of quality over the share of
 * calls to the strong one, 0 for always weak, 1 for always strong, 0.5 for chance. The router sees prompts only; the
 * figures named {@code task-known} are for applications that say what kind of prompt it is.
 *
 * <p>Those are learned from all models' scores. In the figures named {@code online} only the chosen model's score comes back,
 * prompt after prompt, after a start with none or with {@value #WARM} that were scored for all models. Those named
 * {@code off-policy} are about logs of a router that explores: what another one would have scored, as estimated from each log
 * without calling a model, beside the truth that this data has; and how many of the 95 % intervals hold it.
 */
final class RouterQualityBench implements Bench {

    private static final Path DATA = Path.of("benchmarks/data/router");

    private static final int WARM = 500;
    private static final double ONLINE_SHARE = 0.05;
    private static final double LOGGED_SHARE = 0.5;
    private static final int LOGGED = 500;

    @Override
    public String id() {
        return "router-quality";
    }

    @Override
    public String summary() {
        return "the router's choices against the best single model and chance; [--train FILE... --test FILE...]";
    }

    @Override
    public void run(Effort effort, List<String> arguments, Consumer<Result> figures) throws Exception {
        if (!arguments.isEmpty()) {
            ScoredPrompts train = ScoredPrompts.read(files(arguments, "--train"));
            ScoredPrompts test = ScoredPrompts.read(files(arguments, "--test"));
            if (train.models().size() != test.models().size()) {
                throw new UsageException("--train and --test have scores of different models");
            }
            report(List.of(new Split(train, test)), "given", 1, figures);
            return;
        }
        ScoredPrompts nine = ScoredPrompts.read(List.of(DATA.resolve("nine_models.jsonl")));
        report(folds(nine, effort.isQuick() ? 1 : 5), "nine-models", effort.rounds(), figures);
        online(nine, WARM, "nine-models-online-warm", figures);
        online(nine, 0, "nine-models-online-cold", figures);
        offPolicy(folds(nine, 1).get(0), effort.isQuick() ? 20 : 200, figures);
        ScoredPrompts pair = ScoredPrompts.read(List.of(DATA.resolve("mmlu_two_models.jsonl.gz")));
        List<Split> folds = folds(pair, effort.isQuick() ? 1 : 5);
        report(folds, "mmlu-pair", effort.rounds(), figures);
        for (int labels : effort.isQuick() ? List.of(500) : List.of(500, 1_500)) {
            report(folds.stream().map(split -> split.first(labels)).toList(), "mmlu-" + labels, 1, figures);
        }
    }

    private static List<Path> files(List<String> arguments, String option) {
        int from = arguments.indexOf(option) + 1;
        int to = from;
        while (to < arguments.size() && !arguments.get(to).startsWith("--")) {
            to++;
        }
        if (from == 0 || from == to) {
            throw new UsageException(option + " is followed by one or more files");
        }
        return arguments.subList(from, to).stream().map(Path::of).toList();
    }

    /** What is learned from, and what is then chosen for. */
    private record Split(ScoredPrompts train, ScoredPrompts test) {

        /** Keeps some examples only, drawn with a fixed seed. */
        Split first(int examples) {
            List<ScoredPrompts.Row> drawn = shuffled(train.rows(), 1);
            return new Split(train.with(drawn.subList(0, Math.min(examples, drawn.size()))), test);
        }
    }

    private static List<Split> folds(ScoredPrompts all, int most) {
        return IntStream.range(0, 5)
                .filter(fold -> all.rows().stream().anyMatch(row -> row.fold() == fold))
                .limit(most)
                .mapToObj(fold -> new Split(
                        all.with(all.rows().stream()
                                .filter(row -> row.fold() != fold)
                                .toList()),
                        all.with(all.rows().stream()
                                .filter(row -> row.fold() == fold)
                                .toList())))
                .toList();
    }

    private static void report(List<Split> splits, String workload, int rounds, Consumer<Result> figures)
            throws IOException {
        for (boolean isTaskKnown : new boolean[] {false, true}) {
            List<Chosen> all = new ArrayList<>();
            double recovered = 0;
            for (Split split : splits) {
                List<Chosen> chosen = choose(split, isTaskKnown);
                all.addAll(chosen);
                recovered += gapRecovered(chosen) / splits.size();
            }
            String name = workload + (isTaskKnown ? "-task-known" : "");
            if (splits.get(0).test().models().size() == 2) {
                figures.accept(new Figure("router-quality", name + "/chance", recovered, 0.5, "APGR", rounds));
            } else {
                double[] singles = singles(all);
                double best = IntStream.range(0, singles.length)
                        .mapToDouble(i -> singles[i])
                        .max()
                        .orElseThrow();
                figures.accept(new Figure(
                        "router-quality", name + "/best-single", meanScore(all, 0, List.of()), best, "score", rounds));
                cost(all, singles, best)
                        .ifPresent(percent -> figures.accept(new Figure(
                                "router-quality", name + "-cost/best-single", percent, 100, "% of its cost", rounds)));
            }
        }
    }

    private static List<ScoredPrompts.Row> shuffled(List<ScoredPrompts.Row> rows, long seed) {
        List<ScoredPrompts.Row> shuffled = new ArrayList<>(rows);
        Collections.shuffle(shuffled, new Random(seed));
        return shuffled;
    }

    /** The best in most cases, any in some. */
    private static int draw(double[] predicted, double share, Random random) {
        return random.nextDouble() < share
                ? random.nextInt(predicted.length)
                : best(new Chosen(predicted, predicted), 0, List.of());
    }

    private static void online(ScoredPrompts all, int warm, String workload, Consumer<Result> figures) {
        List<ScoredPrompts.Row> rows = shuffled(all.rows(), 1);
        QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);
        predictor.learn(rows.subList(0, warm).stream().map(all::example).toList());
        List<ScoredPrompts.Row> live = rows.subList(WARM, rows.size()); // the same ones, whatever the start
        Random random = new Random(1);
        double sum = 0;
        List<Chosen> seen = new ArrayList<>();
        for (ScoredPrompts.Row row : live) {
            double[] predicted = predicted(predictor, all, row, false);
            int model = draw(predicted, ONLINE_SHARE, random);
            sum += row.scores()[model];
            seen.add(new Chosen(predicted, row.scores()));
            predictor.learn(new Example(
                    row.prompt(),
                    Optional.empty(),
                    Map.of(all.models().get(model), row.scores()[model]),
                    Instant.EPOCH));
        }
        double best = Arrays.stream(singles(seen)).max().orElseThrow();
        figures.accept(new Figure("router-quality", workload + "/best-single", sum / live.size(), best, "score", 1));
    }

    private static void offPolicy(Split split, int logs, Consumer<Result> figures) {
        ScoredPrompts test = split.test();
        List<Chosen> logging = choose(split.first(WARM), false);
        List<Chosen> other = choose(split, false);
        double truth = meanScore(other, 0, List.of());
        double sum = 0;
        int covered = 0;
        for (int number = 0; number < logs; number++) {
            Random random = new Random(number);
            Map<String, ModelName> wouldChoose = new HashMap<>();
            List<LoggedChoice> log = new ArrayList<>();
            for (int i = 0; i < LOGGED; i++) {
                int row = random.nextInt(logging.size());
                Chosen one = logging.get(row);
                String id = String.valueOf(i);
                wouldChoose.put(id, test.models().get(best(other.get(row), 0, List.of())));
                log.add(logged(id, one, test.models(), random));
            }
            OffPolicy.Estimate estimate = OffPolicy.evaluate(
                            log,
                            choice -> Map.of(Objects.requireNonNull(wouldChoose.get(choice.request())), 1.0),
                            number)
                    .doublyRobust();
            sum += estimate.mean() / logs;
            covered += estimate.low() <= truth && truth <= estimate.high() ? 1 : 0;
        }
        figures.accept(
                new Figure("router-quality", "nine-models-off-policy/truth", sum, truth, "score, estimated", logs));
        figures.accept(new Figure(
                "router-quality",
                "nine-models-off-policy-coverage/promised",
                100.0 * covered / logs,
                95,
                "% of intervals",
                logs));
    }

    private static LoggedChoice logged(String id, Chosen one, List<ModelName> models, Random random) {
        int chosen = draw(one.predicted(), LOGGED_SHARE, random);
        int best = best(one, 0, List.of());
        Map<ModelName, Double> propensities = new HashMap<>();
        Map<ModelName, Double> predicted = new HashMap<>();
        for (int i = 0; i < models.size(); i++) {
            propensities.put(models.get(i), LOGGED_SHARE / models.size() + (i == best ? 1 - LOGGED_SHARE : 0));
            predicted.put(models.get(i), one.predicted()[i]);
        }
        return new LoggedChoice(id, "", models.get(chosen), propensities, predicted, Optional.of(one.scores()[chosen]));
    }

    /** What was predicted for a prompt, and what each model really scored. */
    private record Chosen(double[] predicted, double[] scores) {}

    private static List<Chosen> choose(Split split, boolean isTaskKnown) {
        QualityPredictor predictor = new QualityPredictor(PredictorSettings.DEFAULT);
        predictor.learn(
                split.train().rows().stream().map(split.train()::example).toList());
        List<Chosen> chosen = new ArrayList<>();
        for (ScoredPrompts.Row row : split.test().rows()) {
            chosen.add(new Chosen(predicted(predictor, split.test(), row, isTaskKnown), row.scores()));
        }
        return chosen;
    }

    private static double[] predicted(
            QualityPredictor predictor, ScoredPrompts prompts, ScoredPrompts.Row row, boolean isTaskKnown) {
        Optional<String> task = Optional.of(row.task()).filter(name -> isTaskKnown);
        Prediction prediction = predictor.predict(row.prompt(), task, Instant.EPOCH);
        return prompts.models().stream()
                .mapToDouble(model -> prediction.of(model).mean())
                .toArray();
    }

    private static double[] singles(List<Chosen> all) {
        double[] singles = new double[all.get(0).scores().length];
        for (Chosen one : all) {
            for (int i = 0; i < singles.length; i++) {
                singles[i] += one.scores()[i] / all.size();
            }
        }
        return singles;
    }

    private static int best(Chosen one, double weight, List<Double> prices) {
        int best = 0;
        double most = Double.NEGATIVE_INFINITY;
        for (int i = 0; i < one.predicted().length; i++) {
            double value = one.predicted()[i] - (prices.isEmpty() ? 0 : weight * prices.get(i));
            if (value > most) {
                most = value;
                best = i;
            }
        }
        return best;
    }

    private static double meanScore(List<Chosen> all, double weight, List<Double> prices) {
        return all.stream()
                .mapToDouble(one -> one.scores()[best(one, weight, prices)])
                .average()
                .orElseThrow();
    }

    /** The least cost at which the router is as good as the best single model, in percent of that model's. */
    private static Optional<Double> cost(List<Chosen> all, double[] singles, double best) throws IOException {
        Path meta = DATA.resolve("nine_models.meta.json");
        if (!Files.exists(meta)) {
            return Optional.empty();
        }
        Map<?, ?> json = (Map<?, ?>) Objects.requireNonNull(Json.read(Files.readString(meta)), "the document");
        List<?> names = (List<?>) Objects.requireNonNull(json.get("models"), "models");
        if (names.size() != singles.length) {
            return Optional.empty();
        }
        Map<?, ?> byName = (Map<?, ?>) Objects.requireNonNull(json.get("price_usd_per_mtok"), "price_usd_per_mtok");
        List<Double> prices = names.stream()
                .map(name -> ((Number) Objects.requireNonNull(byName.get(name), "a price")).doubleValue())
                .toList();
        int single = IntStream.range(0, singles.length)
                .boxed()
                .max(Comparator.comparingDouble(i -> singles[i]))
                .orElseThrow();
        double least = 100;
        for (int step = 0; step <= 200; step++) {
            double weight = step / 200.0;
            if (meanScore(all, weight, prices) >= best) {
                double paid = all.stream()
                        .mapToDouble(one -> prices.get(best(one, weight, prices)))
                        .average()
                        .orElseThrow();
                least = Math.min(least, 100 * paid / prices.get(single));
            }
        }
        return Optional.of(least);
    }

    private static double gapRecovered(List<Chosen> chosen) {
        List<Chosen> order = new ArrayList<>(chosen);
        order.sort(Comparator.comparingDouble(one -> one.predicted()[0] - one.predicted()[1]));
        double weak = chosen.stream().mapToDouble(one -> one.scores()[0]).sum();
        double strong = chosen.stream().mapToDouble(one -> one.scores()[1]).sum();
        double quality = weak;
        double area = 0;
        for (Chosen one : order) {
            double before = quality;
            quality += one.scores()[1] - one.scores()[0];
            area += ((before + quality) / 2 - weak) / (strong - weak);
        }
        return area / order.size();
    }
}
