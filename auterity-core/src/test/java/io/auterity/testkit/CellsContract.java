package io.auterity.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.journal.Cells;
import io.auterity.journal.Cells.Cell;
import io.auterity.journal.Journal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the cells of every journal must keep to; a store's test extends this and says how to make one. */
public abstract class CellsContract {

    /** For subclasses, one for each store. */
    protected CellsContract() {}

    private Journal journal;
    private Cells cells;

    /**
     * Returns a journal to test.
     *
     * @return a new and empty journal, which the test closes
     */
    protected abstract Journal newJournal();

    @BeforeEach
    void open() {
        journal = newJournal();
        cells = journal.cells();
    }

    @AfterEach
    void close() {
        journal.close();
    }

    @Test
    void reads_what_was_written_last_with_its_version() {
        assertThat(cells.read("a")).isEmpty();
        assertThat(cells.write("a", 0, Map.of("n", 1L))).isTrue();
        assertThat(cells.write("a", 1, Map.of("n", 2L))).isTrue();
        assertThat(cells.read("a")).contains(new Cell("a", 2, Map.of("n", 2L)));
    }

    @Test
    void writes_only_over_the_version_that_was_read() {
        assertThat(cells.write("a", 1, Map.of())).isFalse();
        assertThat(cells.write("a", 0, Map.of("n", 1L))).isTrue();
        assertThat(cells.write("a", 0, Map.of("n", 2L))).isFalse();
        assertThat(cells.write("a", 2, Map.of("n", 2L))).isFalse();
        assertThat(cells.read("a")).contains(new Cell("a", 1, Map.of("n", 1L)));
    }

    @Test
    void keeps_every_kind_of_value() {
        Map<String, Object> value = new LinkedHashMap<>();
        value.put("text", "ü\u0000\uD83D\uDE80 ' \" \\");
        value.put("long", Long.MAX_VALUE);
        value.put("double", 0.1);
        value.put("list", List.of(true, Map.of()));
        cells.write("ü/\uD83D\uDE80:%_'", 0, value);
        assertThat(cells.read("ü/\uD83D\uDE80:%_'").orElseThrow().value()).isEqualTo(value);
    }

    @Test
    void lists_a_prefix_in_order_and_in_pages() {
        for (String name : List.of("b/1", "a/2", "a/1", "a", "a%", "a/", "A/1", "a/1/x", "\uFFFD", "\uD83D\uDE80")) {
            cells.write(name, 0, Map.of("of", name));
        }
        assertThat(names(cells.list("a/", "", 10))).containsExactly("a/", "a/1", "a/1/x", "a/2");
        assertThat(names(cells.list("a/", "a/1", 1))).containsExactly("a/1/x");
        assertThat(names(cells.list("a/", "a/2", 10))).isEmpty();
        assertThat(names(cells.list("a%", "", 10))).containsExactly("a%");
        assertThat(names(cells.list("", "b/1", 10))).containsExactly("\uFFFD", "\uD83D\uDE80");
        assertThat(cells.list("b/", "", 10)).containsExactly(new Cell("b/1", 1, Map.of("of", "b/1")));
    }

    private static List<String> names(List<Cell> cells) {
        return cells.stream().map(Cell::name).toList();
    }

    @Test
    void holds_its_limits() {
        String longest = "x".repeat(Cells.MAX_NAME);
        assertThat(cells.write(longest, 0, Map.of())).isTrue();
        assertThat(cells.read(longest)).isPresent();
        assertThatThrownBy(() -> cells.write(longest + "x", 0, Map.of()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a cell's name has 1 to 500 characters, this one has 501");
        assertThatThrownBy(() -> cells.write("", 0, Map.of())).isInstanceOf(IllegalArgumentException.class);
        int fits = Cells.MAX_BYTES - "{\"v\":\"\"}".length();
        assertThat(cells.write("v", 0, Map.of("v", "x".repeat(fits)))).isTrue();
        assertThatThrownBy(() -> cells.write("v", 1, Map.of("v", "x".repeat(fits + 1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cell 'v' would have 65537 bytes, more than 65536");
    }

    /** Each of the threads adds to one number; what is lost or counted twice shows in the sum. */
    @Test
    void lets_one_of_many_writers_win_each_version() throws Exception {
        int threads = 4;
        int each = 25;
        CyclicBarrier start = new CyclicBarrier(threads);
        ExecutorService pool = Executors.newFixedThreadPool(threads);
        try {
            List<Future<?>> done = new ArrayList<>();
            for (int thread = 0; thread < threads; thread++) {
                done.add(pool.submit(() -> {
                    start.await(30, TimeUnit.SECONDS);
                    for (int i = 0; i < each; i++) {
                        while (!addOne()) {
                            Thread.onSpinWait();
                        }
                    }
                    return null;
                }));
            }
            for (Future<?> one : done) {
                one.get(60, TimeUnit.SECONDS);
            }
        } finally {
            pool.shutdownNow();
        }
        assertThat(cells.read("sum"))
                .contains(new Cell("sum", (long) threads * each, Map.of("n", (long) threads * each)));
    }

    private boolean addOne() {
        Cell known = cells.read("sum").orElse(new Cell("sum", 0, Map.of("n", 0L)));
        return cells.write(
                "sum", known.version(), Map.of("n", (long) known.value().get("n") + 1));
    }
}
