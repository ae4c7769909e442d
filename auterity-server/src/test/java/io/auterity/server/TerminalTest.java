package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TerminalTest {

    /** A console as Java 22 and later have it. */
    public interface Askable {
        boolean isTerminal();
    }

    @Test
    void a_console_that_can_be_asked_is_asked() {
        assertThat(Main.<Askable>isTerminal(Askable.class, () -> true)).isTrue();
        assertThat(Main.<Askable>isTerminal(Askable.class, () -> false)).isFalse();
    }

    @Test
    void a_console_that_cannot_be_asked_is_there_for_terminals_only() {
        assertThat(Main.isTerminal(Object.class, new Object())).isTrue();
        assertThat(Main.isTerminal(Object.class, null)).isFalse();
    }
}
