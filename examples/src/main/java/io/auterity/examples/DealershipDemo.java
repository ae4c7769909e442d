package io.auterity.examples;

import io.auterity.server.Main;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Starts the valuation service and then runs {@code dealership.yaml} with the command line. */
public final class DealershipDemo {

    private static final long SEED = 1982;

    private DealershipDemo() {}

    /**
     * Runs the example; to be called from the root of the repository.
     *
     * @param arguments more options of the command line's {@code run}
     */
    public static void main(String[] arguments) {
        String file = "examples/dealership.yaml";
        if (!Files.exists(Path.of(file))) {
            System.err.println("there is no " + file + " here; run this from the root of the repository");
            System.exit(2);
        }
        Valuations valuations = new Valuations(SEED, Duration.ofMillis(30)); // ends with the process
        String[] command = {
            "run",
            file,
            "--input",
            "cars=@examples/data/cars.json",
            "--input",
            "valuations=http://" + valuations.host(),
            "--allow-host",
            valuations.host()
        };
        System.err.println("auterity " + String.join(" ", command));
        String[] all = java.util.Arrays.copyOf(command, command.length + arguments.length);
        System.arraycopy(arguments, 0, all, command.length, arguments.length);
        Main.main(all);
    }
}
