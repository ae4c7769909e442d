package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

class RoundTripTest {

    private final DefinitionReader reader = new DefinitionReader();

    @Provide
    Arbitrary<Definition> definitions() {
        return Definitions.definitions();
    }

    @Provide
    Arbitrary<Definition> small() {
        return Definitions.definitions(1);
    }

    @Provide
    Arbitrary<String> texts() {
        return Definitions.texts();
    }

    @Provide
    Arbitrary<Object> json() {
        return Definitions.json();
    }

    @Property(tries = 300, seed = "20261122")
    void yaml_reads_back_as_an_equal_definition(@ForAll("definitions") Definition definition) {
        String yaml = DefinitionWriter.yaml(definition);
        assertThat(reader.read(yaml).definition()).as(yaml).isEqualTo(definition);
        assertThat(reader.read(yaml.getBytes(StandardCharsets.UTF_8), "").definition())
                .isEqualTo(definition);
    }

    @Property(tries = 5_000)
    @Tag("nightly")
    void fresh_definitions_survive_everything(@ForAll("definitions") Definition definition, @ForAll Random random) {
        yaml_reads_back_as_an_equal_definition(definition);
        json_reads_back_as_an_equal_definition(definition);
        a_second_writing_gives_the_same_text(definition);
        yaml_to_json_to_yaml_changes_nothing(definition);
        what_is_read_from_a_damaged_text_survives(definition, random);
        what_is_read_from_a_damaged_document_survives(definition, random);
        assertThat(DefinitionHash.of(Variants.shuffled(definition, random))).isEqualTo(DefinitionHash.of(definition));
    }

    @Property(tries = 300, seed = "20261122")
    void json_reads_back_as_an_equal_definition(@ForAll("definitions") Definition definition) {
        String json = DefinitionWriter.json(definition);
        assertThat(reader.read(json, "x.json").definition()).as(json).isEqualTo(definition);
    }

    @Property(tries = 150, seed = "20261122")
    void a_second_writing_gives_the_same_text(@ForAll("definitions") Definition definition) {
        String yaml = DefinitionWriter.yaml(definition);
        assertThat(DefinitionWriter.yaml(reader.read(yaml).definition())).isEqualTo(yaml);
        String json = DefinitionWriter.json(definition);
        assertThat(DefinitionWriter.json(reader.read(json).definition())).isEqualTo(json);
    }

    @Property(tries = 150, seed = "20261122")
    void yaml_to_json_to_yaml_changes_nothing(@ForAll("definitions") Definition definition) {
        String yaml = DefinitionWriter.yaml(definition);
        String json = DefinitionWriter.json(reader.read(yaml).definition());
        assertThat(DefinitionWriter.yaml(reader.read(json).definition())).isEqualTo(yaml);
    }

    @Property(tries = 2_000, seed = "20261122")
    void every_text_survives_yaml_as_a_value_and_as_an_item(@ForAll("texts") String text) {
        Definition definition = Definition.of(
                "w",
                Step.of("a", new StepKind.Value(new Template(text))),
                Step.of("b", new StepKind.Value(new Template(List.of(text, List.of(text), Map.of("k", text))))));
        assertThat(reader.read(DefinitionWriter.yaml(definition)).definition()).isEqualTo(definition);
    }

    @Property(tries = 1_000, seed = "20261122")
    void every_value_survives_json(@ForAll("json") Object value) {
        assertThat(Json.read(Json.write(value))).isEqualTo(value);
        assertThat(Json.read(Json.writeBytes(value))).isEqualTo(value);
        assertThat(Json.read(Json.pretty(value))).isEqualTo(value);
    }

    @Property(tries = 300, seed = "20261122")
    void what_is_read_from_a_damaged_text_survives(@ForAll("small") Definition definition, @ForAll Random random) {
        survivesIfRead(Damage.text(DefinitionWriter.yaml(definition), random));
        survivesIfRead(Damage.text(DefinitionWriter.json(definition), random));
        survivesIfRead(Damage.text(ReadDefinitionTest.LEAD, random));
    }

    @Property(tries = 300, seed = "20261122")
    void what_is_read_from_a_damaged_document_survives(@ForAll("small") Definition definition, @ForAll Random random) {
        survivesIfRead(Json.write(Damage.anywhere(Document.shortest(definition), random)));
        survivesIfRead(Json.write(Damage.anywhere(Document.canonical(definition), random)));
    }

    private void survivesIfRead(String text) {
        Definition definition;
        try {
            definition = reader.read(text).definition();
        } catch (DefinitionException e) {
            assertThat(e.problems()).as(text).isNotEmpty();
            return;
        }
        assertThat(reader.read(DefinitionWriter.yaml(definition)).definition())
                .as(text)
                .isEqualTo(definition);
        assertThat(reader.read(DefinitionWriter.json(definition)).definition())
                .as(text)
                .isEqualTo(definition);
        assertThat(DefinitionHash.of(
                        reader.read(DefinitionHash.canonical(definition)).definition()))
                .as(text)
                .isEqualTo(DefinitionHash.of(definition));
    }

    @Test
    void the_sample_of_the_manual_survives() {
        Definition definition = reader.read(ReadDefinitionTest.LEAD).definition();
        assertThat(reader.read(DefinitionWriter.yaml(definition)).definition()).isEqualTo(definition);
    }

    @Test
    void yaml_is_written_as_people_write_it() {
        Definition definition = reader.read(ReadDefinitionTest.LEAD).definition();
        assertThat(DefinitionWriter.yaml(definition)).isEqualTo(WRITTEN);
    }

    @Test
    void texts_of_several_lines_are_written_as_blocks() {
        Definition definition = Definition.of(
                "w",
                Step.of("a", new StepKind.Value(new Template("You are kind.\n\n  - Answer: \"${{ input.q }}\"\n"))));
        assertThat(DefinitionWriter.yaml(definition)).isEqualTo("""
                        auterity: 1
                        id: w
                        steps:
                          a:
                            value: |
                              You are kind.

                                - Answer: "${{ input.q }}"
                        """);
    }

    @Test
    void two_steps_of_one_name_cannot_be_written() {
        Step step = Step.of("a", new StepKind.Value(new Template(1L)));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DefinitionWriter.yaml(Definition.of("w", step, step)))
                .withMessageContaining("'a'");
    }

    @Test
    void the_generator_makes_every_kind_of_step() {
        Set<Class<?>> made = new HashSet<>();
        Arbitrary<StepKind> kinds = Definitions.kinds(1);
        for (int i = 0; i < 2_000 && made.size() < StepKind.class.getPermittedSubclasses().length; i++) {
            made.add(kinds.sample().getClass());
        }
        assertThat(made).containsExactlyInAnyOrder(StepKind.class.getPermittedSubclasses());
    }

    private static final String WRITTEN = """
            auterity: 1
            id: lead-follow-up
            description: Score a dealership lead and follow up.
            input:
              lead:
                type: object
                required: [email]
                properties:
                  email:
                    type: string
                  budget:
                    type: number
            defaults:
              timeout: 30s
              retry:
                maxAttempts: 3
            steps:
              profile:
                uses: http.request
                with:
                  method: GET
                  url: https://crm.example/leads/${{ input.lead.email }}
                retry:
                  maxAttempts: 5
                  maxDelay: 10s
                  on: [io, http-429, http-5xx]
                timeout: 10s
              score:
                value: ${{ input.lead.budget / 1000.0 + double(steps.profile.output.body.visits) }}
              tier:
                switch:
                  - if: ${{ steps.score.output > 80.0 }}
                    value: hot
                  - else: true
                    value: cold
              call:
                if: ${{ steps.tier.output == 'hot' }}
                uses: notify.send
                with:
                  channel: sms
                  text: Call ${{ input.lead.email }}
                onError: continue
                undo:
                  uses: notify.send
                  with:
                    channel: sms
                    text: Please ignore
              each:
                forEach: ${{ steps.profile.output.body.contacts }}
                as: contact
                concurrency: 8
                onItemError: collect
                steps:
                  greet:
                    uses: email.send
                    with:
                      to: ${{ contact.email }}
                output: ${{ steps.greet.output.id }}
              approved:
                approve:
                  by: [manager]
                  within: 1d
                  form:
                    note: string
                  else: reject
              reply:
                await:
                  signal: customer-reply
                  within: 2d
                needs: [call]
              pause:
                wait: 10m
                needs: [reply]
            output:
              tier: ${{ steps.tier.output }}
              mails: ${{ steps.each.output }}
            onFailure:
              run: alert-operations
            triggers:
              - schedule:
                  cron: 0 9 * * MON-FRI
                  zone: Europe/Berlin
              - webhook:
                  path: leads
            """;
}
