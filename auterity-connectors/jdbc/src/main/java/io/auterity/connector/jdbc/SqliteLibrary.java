package io.auterity.connector.jdbc;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where SQLite's driver unpacks its native library. By default that is the temporary directory, in which every process
 * that is killed leaves a copy. Here each process has a folder of its own in one that is swept at the next start.
 */
final class SqliteLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(SqliteLibrary.class);

    private static final String PROPERTY = "org.sqlite.tmpdir";

    private SqliteLibrary() {}

    /** Chooses the folder, unless the host has; to be called before the driver is used. */
    static void prepare() {
        if (System.getProperty(PROPERTY) != null) {
            return;
        }
        Path all = Path.of(System.getProperty("java.io.tmpdir"), "auterity-sqlite-" + System.getProperty("user.name"));
        try {
            Path own = all.resolve(Long.toString(ProcessHandle.current().pid()));
            Files.createDirectories(own);
            System.setProperty(PROPERTY, own.toString());
            sweep(all);
        } catch (IOException e) {
            LOG.warn("the folder {} for SQLite's library cannot be used; the temporary directory is", all, e);
        }
    }

    /** Deletes the folders of processes that are no more. */
    static void sweep(Path all) throws IOException {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(all)) {
            for (Path folder : folders) {
                if (isLeft(folder)) {
                    delete(folder);
                }
            }
        }
    }

    private static boolean isLeft(Path folder) {
        String name = folder.getFileName().toString();
        return name.matches("[0-9]{1,18}")
                && ProcessHandle.of(Long.parseLong(name)).isEmpty();
    }

    private static void delete(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.deleteIfExists(file);
            }
        }
        Files.deleteIfExists(folder);
    }
}
