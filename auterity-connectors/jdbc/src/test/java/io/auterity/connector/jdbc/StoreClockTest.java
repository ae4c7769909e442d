package io.auterity.connector.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** A ticker and a database's clock that are set by hand. */
class StoreClockTest {

    private long nanos = 5_000_000_000L;
    private long store = 1_000_000;
    private final StoreClock clock = new StoreClock(() -> nanos);

    private void pass(long millis) {
        nanos += millis * 1_000_000;
        store += millis;
    }

    /** The answer is that of half way. */
    private void read(long millisThere, long millisBack) throws SQLException {
        clock.read(() -> {
            pass(millisThere);
            long answer = store;
            pass(millisBack);
            return answer;
        });
    }

    @Test
    void says_nothing_before_it_has_read() {
        assertThat(clock.hasRead()).isFalse();
        assertThatThrownBy(clock::millis).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void carries_the_databases_time_on() throws Exception {
        read(2, 2);
        assertThat(clock.millis()).isEqualTo(store);
        pass(90_000);
        nanos += 250_000;
        assertThat(clock.millis()).isEqualTo(store);
        assertThat(clock.instant()).isEqualTo(Instant.ofEpochMilli(store).plusNanos(250_000));
    }

    @Test
    void a_reading_counts_only_if_what_has_been_carried_on_cannot_be_right() throws Exception {
        read(0, 0);
        read(0, 300); // by this reading it is 150 ms later
        assertThat(clock.millis()).isEqualTo(store);
        store += 10;
        read(0, 0);
        assertThat(clock.millis()).isEqualTo(store - 10);
        store += 1;
        read(0, 0);
        assertThat(clock.millis()).isEqualTo(store);
    }

    @Test
    void follows_the_database_when_its_clock_is_set() throws Exception {
        read(1, 1);
        store -= 3_600_000;
        read(1, 1);
        assertThat(clock.millis()).isEqualTo(store);
    }

    @Test
    void a_question_without_an_answer_changes_nothing() throws Exception {
        read(1, 1);
        assertThatThrownBy(() -> clock.read(() -> {
                    throw new SQLException("gone");
                }))
                .isInstanceOf(SQLException.class);
        assertThat(clock.millis()).isEqualTo(store);
    }
}
