package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import io.auterity.testkit.ProcessorTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import org.junit.jupiter.api.Tag;

/** R19. */
@Tag("isolated")
class OutboundGuardFuzzTest {

    /** A name server that sends every name to this machine. */
    private static final OutboundGuard GUARD = OutboundGuard.builder()
            .resolver(host -> List.of(InetAddress.getLoopbackAddress()))
            .build();

    @FuzzTest(maxDuration = "1m")
    void no_text_leads_to_an_internal_address(@NotNull String host) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(host));
    }

    private static void check(String host) {
        try {
            for (InetAddress address : GUARD.resolve(host)) {
                assertThat(address.isLoopbackAddress()
                                || address.isAnyLocalAddress()
                                || address.isLinkLocalAddress()
                                || address.isSiteLocalAddress())
                        .as("%s", address)
                        .isFalse();
            }
        } catch (StepException refused) {
            assertThat(refused.code()).isEqualTo(OutboundGuard.REFUSED);
        } catch (UnknownHostException unknown) {
            assertThat(unknown).isNotNull();
        }
    }
}
