package io.auterity.connector.jdbc.reliability;

import io.auterity.testkit.EffectLedger;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * What a worker's virtual machine is started with so that it starts in half a second instead of three: its classes in
 * jars, and an archive (class data sharing) of those that a worker loads, written by a worker that does a little of
 * everything. Made once for all proofs of a test run, in {@code target}. An archive that cannot be used is ignored by the
 * virtual machine; it is only slower then. Immutable.
 */
final class WorkerClasses {

    private static final int RUNS = 40;

    private final String classPath;
    private final Path archive;

    private WorkerClasses(Path directory) throws IOException {
        classPath = inJars(directory);
        archive = directory.resolve("worker.jsa");
        Path ledger = directory.resolve("ledger");
        EffectLedger.open(ledger).close();
        Worker.Settings settings = new Worker.Settings(
                Store.sqlite(directory.resolve("journal.db")), ledger, "trainee", 0, RUNS, Proof.LEASE);
        try (WorkerProcess trainee = new WorkerProcess(
                settings,
                directory,
                List.of("-Xmx128m", "-Xlog:disable", "-XX:ArchiveClassesAtExit=" + archive, "-cp", classPath))) {
            trainee.awaitReady().drain();
            trainee.awaitEnd();
        }
    }

    /** The options for a worker's virtual machine. */
    static List<String> options() {
        return Made.CLASSES.asOptions();
    }

    private List<String> asOptions() {
        return List.of("-Xlog:disable", "-XX:SharedArchiveFile=" + archive, "-cp", classPath);
    }

    /** The class path with a jar for each directory: an archive knows no directories. */
    private static String inJars(Path directory) throws IOException {
        // Surefire may hand the class path over in the manifest of a jar, and then tells it here.
        String all = System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
        List<String> jars = new ArrayList<>();
        for (String each : all.split(File.pathSeparator)) {
            Path path = Path.of(each);
            if (Files.isDirectory(path)) {
                Path jar = directory.resolve("classes" + jars.size() + ".jar");
                pack(path, jar);
                jars.add(jar.toString());
            } else if (Files.exists(path)) {
                jars.add(each);
            }
        }
        return String.join(File.pathSeparator, jars);
    }

    private static void pack(Path classes, Path jar) throws IOException {
        try (OutputStream file = Files.newOutputStream(jar);
                ZipOutputStream zip = new ZipOutputStream(file);
                Stream<Path> paths = Files.walk(classes)) {
            zip.setLevel(0);
            for (Path path : (Iterable<Path>) paths.sorted()::iterator) {
                String name = classes.relativize(path).toString().replace(File.separatorChar, '/');
                if (Files.isDirectory(path) && !name.isEmpty()) {
                    zip.putNextEntry(new ZipEntry(name + "/")); // Flyway looks for folders
                } else if (Files.isRegularFile(path)) {
                    zip.putNextEntry(new ZipEntry(name));
                    Files.copy(path, zip);
                }
            }
        }
    }

    /** Made when the first worker is. */
    private static final class Made {
        private static final WorkerClasses CLASSES = make();

        private static WorkerClasses make() {
            try {
                Path directory = Path.of(
                                "target", "workers-" + ProcessHandle.current().pid())
                        .toAbsolutePath();
                Files.createDirectories(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(directory)));
                return new WorkerClasses(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void delete(Path directory) {
            try (Stream<Path> paths = Files.walk(directory)) {
                for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
                    Files.delete(path);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
