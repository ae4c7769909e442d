package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.Engine;
import io.auterity.Workflow;
import io.auterity.examples.Manual.Sample;
import io.auterity.relay.prompt.PromptTemplates;
import io.auterity.relay.rules.Rules;
import io.auterity.server.gateway.RelayFile;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** The YAML in the README and the pages of docs can be copied: what begins like a whole file is one. */
class ManualSamplesTest {

    /** Parts of a file, which say what they mean to people only; by the first line. */
    private static final List<String> PARTS = List.of(
            "value: ${{ input.lead.budget / 1000.0 + double(steps.profile.output.body.visits) }}", // docs/expressions.md
            "providers:", // docs/gateway.md: a model at two places, which GatewayDocumentationTest reads
            "providers:"); // docs/relay.md: a model in this process

    @TestFactory
    Stream<DynamicTest> each_sample_is_right() {
        return samples().map(sample -> DynamicTest.dynamicTest(sample.place(), () -> check(sample)));
    }

    @Test
    void most_samples_are_whole() {
        List<Sample> parts = samples().filter(ManualSamplesTest::isPart).toList();
        assertThat(parts).hasSameSizeAs(PARTS);
        assertThat(samples().filter(sample -> sample.has("auterity"))).hasSizeGreaterThanOrEqualTo(4);
    }

    private static Stream<Sample> samples() {
        return Manual.pages().stream().flatMap(Manual::samples);
    }

    private static boolean isPart(Sample sample) {
        return PARTS.contains(sample.text().lines().findFirst().orElse("").strip());
    }

    private static void check(Sample sample) {
        if (sample.has("auterity")) {
            compile(sample.place(), sample.text());
        } else if (sample.has("relay") && sample.has("models")) {
            RelayFile.read(sample.place(), sample.text(), name -> Optional.empty())
                    .close();
        } else if (sample.has("relay")) {
            Rules.read(sample.text());
        } else if (sample.has("prompts")) {
            PromptTemplates.read(sample.text());
        } else if (sample.text().contains("\n  uses: ")) {
            compile(
                    sample.place(),
                    "auterity: 1\nid: step\nsteps:\n" + sample.text().indent(2));
        } else {
            assertThat(isPart(sample))
                    .as("a part of a file that PARTS names: %s", sample)
                    .isTrue();
        }
    }

    private static void compile(String place, String text) {
        try (Engine engine = Engine.builder()
                .discoverConnectors()
                .connector(Manual.ai())
                .register(Workflow.read(text, place))
                .build()) {
            assertThat(engine).isNotNull();
        }
    }
}
