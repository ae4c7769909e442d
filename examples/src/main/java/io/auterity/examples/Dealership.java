package io.auterity.examples;

import static java.util.stream.Collectors.averagingDouble;
import static java.util.stream.Collectors.groupingBy;

import io.auterity.Workflow;
import io.auterity.definition.Json;
import io.auterity.definition.Retry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** The workflow of {@code dealership.yaml} in Java: the same steps, typed. */
public final class Dealership {

    private Dealership() {}

    /**
     * What a run gets.
     *
     * @param cars the cars as they were delivered
     * @param valuations the URL of the valuation service
     */
    public record Fleet(List<Delivery> cars, String valuations) {}

    /**
     * A car as it was delivered, with gaps.
     *
     * @param name the name
     * @param origin where it was built
     * @param year the model year
     * @param mpg miles per gallon
     * @param horsepower the power
     */
    public record Delivery(String name, String origin, int year, Optional<Double> mpg, Optional<Integer> horsepower) {}

    /**
     * A car with all figures.
     *
     * @param name the name
     * @param origin where it was built
     * @param year the model year
     * @param mpg miles per gallon
     * @param horsepower the power
     */
    public record Car(String name, String origin, int year, double mpg, int horsepower) {}

    /**
     * What the valuation service answers.
     *
     * @param status the status, always 200 here
     * @param headers the headers
     * @param body the body
     */
    public record Quote(int status, Map<String, Object> headers, Body body) {
        /**
         * The body.
         *
         * @param price the price
         */
        public record Body(long price) {}
    }

    /**
     * A car and what it is worth.
     *
     * @param name the name
     * @param origin where it was built
     * @param mpg miles per gallon
     * @param type how thirsty it is
     * @param price the price
     */
    public record Valued(String name, String origin, double mpg, String type, long price) {}

    /**
     * What comes out.
     *
     * @param cars the cars that were delivered
     * @param valued the cars that could be valued
     * @param origins the cars by where they were built
     * @param followUp what remains to be done
     */
    public record Report(int cars, int valued, List<Origin> origins, String followUp) {}

    /**
     * The cars of one origin.
     *
     * @param origin where they were built
     * @param cars how many
     * @param meanMpg their mean miles per gallon
     * @param meanPrice their mean price
     * @param thrifty how many go 30 miles and more on a gallon
     * @param best the one that goes farthest
     */
    public record Origin(String origin, int cars, double meanMpg, long meanPrice, int thrifty, String best) {}

    /**
     * Defines the workflow.
     *
     * @return the workflow
     */
    public static Workflow<Fleet, Report> workflow() {
        return Workflow.define("dealership", Fleet.class, (flow, fleet) -> {
            var clean = flow.step("clean").runList(Car.class, fleet, Dealership::clean);
            var incomplete = flow.step("incomplete").runList(String.class, fleet, Dealership::incomplete);
            var valued = flow.step("valued").concurrency(16).forEach(clean, (each, car) -> {
                var quote = each.step("quote")
                        .retry(Retry.exponential(Duration.ofMillis(10))
                                .maxAttempts(6)
                                .on("http-503", "io"))
                        .timeout(Duration.ofSeconds(30))
                        .call("http.request", quoteRequest(), Quote.class);
                return each.step("price").run(Valued.class, car, quote, Dealership::value);
            });
            var hasGaps = flow.step("has-gaps").run(Boolean.class, incomplete, names -> !names.isEmpty());
            var question = flow.step("follow-up").when(hasGaps).run(String.class, incomplete, Dealership::question);
            var followUp = flow.orElse("to-do", question, "Nothing to do.");
            return flow.step("report").run(Report.class, fleet, valued, followUp, Dealership::report);
        });
    }

    private static Map<String, Object> quoteRequest() {
        return Map.of(
                "url",
                "${{ input.valuations }}/quotes",
                "query",
                Map.of(
                        "name", "${{ item.name }}",
                        "year", "${{ item.year }}",
                        "horsepower", "${{ item.horsepower }}"));
    }

    private static List<Car> clean(Fleet fleet) {
        List<Car> cars = new ArrayList<>();
        for (Delivery car : fleet.cars()) {
            if (car.mpg().isPresent() && car.horsepower().isPresent()) {
                cars.add(new Car(
                        car.name(),
                        car.origin(),
                        car.year(),
                        car.mpg().get(),
                        car.horsepower().get()));
            }
        }
        return cars;
    }

    private static List<String> incomplete(Fleet fleet) {
        return fleet.cars().stream()
                .filter(car -> car.mpg().isEmpty() || car.horsepower().isEmpty())
                .map(Delivery::name)
                .toList();
    }

    private static Valued value(Car car, Quote quote) {
        String type = car.mpg() >= 30 ? "thrifty" : car.mpg() >= 20 ? "usual" : "thirsty";
        return new Valued(
                car.name(), car.origin(), car.mpg(), type, quote.body().price());
    }

    private static String question(List<String> names) {
        return "Ask for the data sheets of " + names.size() + " cars, first of " + names.get(0) + ".";
    }

    private static Report report(Fleet fleet, List<Valued> valued, String followUp) {
        List<Origin> origins = new ArrayList<>();
        valued.stream()
                .collect(groupingBy(Valued::origin, TreeMap::new, java.util.stream.Collectors.toList()))
                .forEach((origin, cars) -> origins.add(origin(origin, cars)));
        return new Report(fleet.cars().size(), valued.size(), origins, followUp);
    }

    private static Origin origin(String origin, List<Valued> cars) {
        double meanMpg = cars.stream().collect(averagingDouble(Valued::mpg));
        long price = cars.stream().mapToLong(Valued::price).sum() / cars.size();
        int thrifty =
                (int) cars.stream().filter(car -> car.type().equals("thrifty")).count();
        String best = cars.stream()
                .sorted(Comparator.comparingDouble(car -> -car.mpg()))
                .findFirst()
                .map(Valued::name)
                .orElse("");
        return new Origin(origin, cars.size(), Math.round(10 * meanMpg) / 10.0, price, thrifty, best);
    }

    /**
     * Reads {@code cars.json}.
     *
     * @param file the file
     * @return the cars in it
     * @throws IOException if it cannot be read
     */
    public static List<Delivery> read(Path file) throws IOException {
        if (!(Json.read(Files.readString(file)) instanceof List<?> items)) {
            throw new IOException(file + " holds no list");
        }
        List<Delivery> cars = new ArrayList<>();
        for (Object item : items) {
            Map<?, ?> car = (Map<?, ?>) item;
            cars.add(new Delivery(
                    text(car, "Name"),
                    text(car, "Origin"),
                    Integer.parseInt(text(car, "Year").substring(0, 4)),
                    Optional.ofNullable((Number) car.get("Miles_per_Gallon")).map(Number::doubleValue),
                    Optional.ofNullable((Number) car.get("Horsepower")).map(Number::intValue)));
        }
        return cars;
    }

    private static String text(Map<?, ?> car, String key) {
        return (String) Objects.requireNonNull(car.get(key), key);
    }
}
