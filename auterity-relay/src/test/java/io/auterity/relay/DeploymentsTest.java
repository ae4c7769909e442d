package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.ProviderException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What is known of how deployments do. */
class DeploymentsTest {

    private static final Deployment PLACE =
            new Deployment("place", ModelName.of("openai/model"), "", ServiceTier.STANDARD);

    private Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private final Deployments deployments = new Deployments(List.of(PLACE), () -> now);

    private Duration latency() {
        return deployments.health().get(PLACE.id()).latency();
    }

    private void answers(Duration after) {
        assertThat(deployments.enter(PLACE)).isTrue();
        deployments.succeeded(PLACE, after, Optional.empty());
    }

    @Test
    void a_latency_fades_while_nobody_calls() {
        answers(Duration.ofSeconds(6));
        assertThat(latency()).isEqualTo(Duration.ofSeconds(6));
        now = now.plusSeconds(60);
        assertThat(latency()).isBetween(Duration.ofMillis(4_900), Duration.ofMillis(4_920)); // 6 s * e^-(1/5)
        now = now.plusSeconds(3_600);
        assertThat(latency()).isEqualTo(Duration.ofMillis(1));
    }

    @ParameterizedTest
    @EnumSource(names = {"KEY", "NOT_FOUND"})
    void one_that_refuses_its_keys_or_does_not_know_the_model_counts_as_slow_until_it_answers(ErrorClass refusal) {
        answers(Duration.ofMillis(100));
        assertThat(deployments.enter(PLACE)).isTrue();
        deployments.failed(PLACE, new ProviderException(refusal, "no"), Duration.ZERO);
        assertThat(latency()).isEqualTo(Duration.ofMinutes(1));
        assertThat(deployments.health().get(PLACE.id()).isAvailable()).isTrue();
        answers(Duration.ofMillis(100));
        assertThat(latency()).isEqualTo(Duration.ofMillis(100));
    }
}
