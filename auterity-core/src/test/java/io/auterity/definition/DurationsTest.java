package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DurationsTest {

    @ParameterizedTest
    @CsvSource({
        "250ms, PT0.25S, 250ms",
        "10s, PT10S, 10s",
        "5m, PT5M, 5m",
        "2h, PT2H, 2h",
        "3d, PT72H, 3d",
        "0s, PT0S, 0s",
        "0ms, PT0S, 0s",
        "1h30m, PT1H30M, 90m",
        "1d12h, PT36H, 36h",
        "1m30s500ms, PT1M30.5S, 90500ms",
        "5m250ms, PT5M0.25S, 300250ms",
        "PT1.5S, PT1.5S, 1500ms",
        "P1D, PT24H, 1d",
        "P1DT1S, PT24H1S, 86401s",
        "PT0.000001S, PT0.000001S, PT0.000001S",
        "36500d, PT876000H, 36500d"
    })
    void reads_what_people_write_and_prints_the_shortest(String text, Duration duration, String printed) {
        assertThat(Durations.parse(text)).contains(duration);
        assertThat(Durations.print(duration)).isEqualTo(printed);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10",
                "s",
                "10 s",
                "-1s",
                "1.5s",
                "10S",
                "1s1m",
                "1m1m",
                "1y",
                "P",
                "PT",
                "P1Y",
                "P1W",
                "PT-1S",
                "-PT1S",
                "pt1s",
                "P1DT",
                "36501d",
                "36500d1ms",
                "999999999999999d",
                "9999999999999999999s",
                "\u0661s"
            })
    void refuses_everything_else(String text) {
        assertThat(Durations.parse(text)).isEmpty();
    }

    @Property(seed = "20261122")
    void what_is_printed_reads_back_equal(
            @ForAll @LongRange(max = 36_499L * 86_400) long seconds, @ForAll @IntRange(max = 999_999_999) int nanos) {
        Duration duration = Duration.ofSeconds(seconds, nanos);
        assertThat(Durations.parse(Durations.print(duration))).contains(duration);
        Duration whole = Duration.ofSeconds(seconds);
        assertThat(Durations.parse(Durations.print(whole))).contains(whole);
    }
}
