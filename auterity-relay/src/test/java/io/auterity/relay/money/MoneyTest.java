package io.auterity.relay.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

class MoneyTest {

    @Test
    void dollars_are_read_exactly() {
        assertThat(Money.dollars("5")).isEqualTo(new Money(5_000_000_000L));
        assertThat(Money.dollars("0.000000001")).isEqualTo(new Money(1));
        assertThat(Money.dollars("-1.25")).hasToString("-$1.25");
        assertThat(Money.dollars("0.0042")).hasToString("$0.0042");
        assertThat(Money.dollars("9223372036.854775807")).isEqualTo(new Money(Long.MAX_VALUE));
        assertThatIllegalArgumentException().isThrownBy(() -> Money.dollars("9223372036.854775808"));
        assertThatIllegalArgumentException().isThrownBy(() -> Money.dollars("0.0000000001"));
        assertThatIllegalArgumentException().isThrownBy(() -> Money.dollars("five"));
    }

    @Test
    void what_does_not_fit_throws_instead_of_wrapping() {
        Money most = new Money(Long.MAX_VALUE);
        assertThatThrownBy(() -> most.plus(new Money(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Money(Long.MIN_VALUE).minus(new Money(1))).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> most.times(2)).isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Rates.of(Long.MAX_VALUE, 1).cost(Usage.of(2, 0)))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> Rates.of(Long.MAX_VALUE, 1).cost(Usage.of(1, 1)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void a_line_is_rounded_up_once() {
        Rates rates = Rates.of(1, 1); // a pico-dollar a token
        assertThat(rates.cost(Usage.of(1, 0))).isEqualTo(new Money(1));
        assertThat(rates.cost(Usage.of(500, 500))).isEqualTo(new Money(1));
        assertThat(rates.cost(Usage.of(500, 501))).isEqualTo(new Money(2));
        assertThat(rates.cost(Usage.NONE)).isEqualTo(Money.ZERO);
    }

    @Test
    void a_ceiling_takes_the_dearest_of_what_tokens_can_become() {
        Rates rates = Rates.of(java.util.Map.of(
                Meter.INPUT, 2_000L, Meter.CACHED_INPUT, 5_000L, Meter.OUTPUT, 1_000L, Meter.REASONING, 7_000L));
        assertThat(rates.ceiling(Usage.of(1, 1))).isEqualTo(new Money(12));
        assertThat(rates.cost(Usage.of(1, 1))).isEqualTo(new Money(3));
    }

    @Property(tries = 500, seed = "20261122")
    void a_cost_is_that_of_unbounded_arithmetic(
            @ForAll @LongRange(min = 0, max = 2_000_000_000L) long inputRate,
            @ForAll @LongRange(min = 0, max = 2_000_000_000L) long outputRate,
            @ForAll @LongRange(min = 0, max = 1_000_000_000L) long input,
            @ForAll @LongRange(min = 0, max = 1_000_000_000L) long output) {
        BigInteger picos = BigInteger.valueOf(inputRate)
                .multiply(BigInteger.valueOf(input))
                .add(BigInteger.valueOf(outputRate).multiply(BigInteger.valueOf(output)));
        BigInteger nanos = picos.add(BigInteger.valueOf(999)).divide(BigInteger.valueOf(1000));
        assertThat(Rates.of(inputRate, outputRate).cost(Usage.of(input, output)).nanos())
                .isEqualTo(nanos.longValueExact());
    }

    @Property(tries = 300, seed = "20261122")
    void a_percentage_is_rounded_down(@ForAll @LongRange(min = 0, max = Long.MAX_VALUE / 200) long nanos) {
        assertThat(new Money(nanos).percent(100)).isEqualTo(new Money(nanos));
        assertThat(new Money(nanos).percent(80).nanos())
                .isEqualTo(BigInteger.valueOf(nanos)
                        .multiply(BigInteger.valueOf(80))
                        .divide(BigInteger.valueOf(100))
                        .longValueExact());
    }
}
