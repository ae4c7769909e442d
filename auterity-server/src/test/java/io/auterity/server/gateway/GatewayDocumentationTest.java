package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The file in docs/gateway.md can be copied. */
class GatewayDocumentationTest {

    private static final String KEY =
            "keys: [{id: a, tenant: a, sha256: 2bb80d537b1da3e38bd30361aa855686bde0eacd7162fef6a25fe97bf527a25b}]\n";

    private static RelayFile.Content read(String yaml) {
        return RelayFile.read("docs/gateway.md", yaml, name -> Optional.empty());
    }

    /** The YAML in the manual, in order. */
    private static List<String> samples() throws IOException {
        Path directory = Path.of("").toAbsolutePath();
        while (!Files.exists(directory.resolve("docs/gateway.md"))) {
            directory = directory.getParent();
            assertThat(directory).as("a directory with docs/gateway.md").isNotNull();
        }
        String manual = Files.readString(directory.resolve("docs/gateway.md"));
        return Pattern.compile("```yaml\n(.*?)```", Pattern.DOTALL)
                .matcher(manual)
                .results()
                .map(found -> found.group(1))
                .toList();
    }

    @Test
    void the_file_of_the_manual_is_right() throws Exception {
        RelayFile.Content content = read(samples().get(0));
        assertThat(content.policy().models()).hasSize(4);
        assertThat(content.settings().defaults().deadline()).isEqualTo(GatewaySettings.Defaults.USUAL.deadline());
        assertThat(content.settings().keys().get(0).limits()).isEqualTo(VirtualKey.Limits.USUAL);
    }

    @Test
    void two_regions_at_azure_are_two_addresses_of_one_model() throws Exception {
        assertThat(read("relay: 1\n" + samples().get(1) + KEY).policy().deployments())
                .extracting(place -> place.id() + " at " + place.provider() + " as " + place.name())
                .containsExactly("openai/gpt-4o@eu at azure-eu as gpt-4o-prod", "openai/gpt-4o@us at azure-us as chat");
    }
}
