package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The file in docs/gateway.md can be copied. */
class GatewayDocumentationTest {

    @Test
    void the_file_of_the_manual_is_right() throws Exception {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/gateway.md"))) {
            directory = directory.getParent();
            assertThat(directory).as("a directory with docs/gateway.md").isNotNull();
        }
        String manual = Files.readString(directory.resolve("docs/gateway.md"));
        int start = manual.indexOf("```yaml\n") + "```yaml\n".length();
        RelayFile.Content content = RelayFile.read(
                "docs/gateway.md", manual.substring(start, manual.indexOf("```", start)), name -> Optional.empty());
        assertThat(content.policy().models()).hasSize(4);
        assertThat(content.settings().defaults().deadline()).isEqualTo(GatewaySettings.Defaults.USUAL.deadline());
        assertThat(content.settings().keys().get(0).limits()).isEqualTo(VirtualKey.Limits.USUAL);
    }
}
