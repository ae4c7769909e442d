package io.auterity.testkit;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What the outside world saw: a file to which the steps of all processes append a line for each effect, and which knows
 * nothing of the engine's store. {@link LedgerCheck} then says whether anything was lost, doubled or out of order.
 *
 * <p>A line is one write to a file opened for appending, so lines of several processes never mix, and it is forced to disk
 * before the call returns. Thread-safe.
 */
public final class EffectLedger implements AutoCloseable {

    private final FileOutputStream file; // a channel would be closed by the interruption of a step that writes to it
    private final boolean forced;

    private EffectLedger(FileOutputStream file, boolean forced) {
        this.file = file;
        this.forced = forced;
    }

    /**
     * Opens a ledger whose lines survive the loss of power.
     *
     * @param file the file; made when it does not exist
     * @return the ledger
     */
    public static EffectLedger open(Path file) {
        return open(file, true);
    }

    /**
     * Opens a ledger whose lines survive the death of every process, but not of the machine; much faster.
     *
     * @param file the file; made when it does not exist
     * @return the ledger
     */
    public static EffectLedger openUnforced(Path file) {
        return open(file, false);
    }

    private static EffectLedger open(Path file, boolean forced) {
        try {
            return new EffectLedger(new FileOutputStream(file.toFile(), true), forced);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Appends a line.
     *
     * @param line the line
     */
    public void add(LedgerLine line) {
        try {
            file.write((line.text() + "\n").getBytes(StandardCharsets.UTF_8));
            if (forced) {
                file.getFD().sync();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Reads a ledger, whether or not somebody writes to it.
     *
     * @param file the file
     * @return its lines in order, without one that was torn
     */
    public static List<LedgerLine> read(Path file) {
        List<LedgerLine> lines = new ArrayList<>();
        try (var texts = Files.lines(file, StandardCharsets.UTF_8)) {
            texts.forEach(text -> LedgerLine.parse(text).ifPresent(lines::add));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return lines;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
