package io.auterity.relay.prompt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.auterity.relay.provider.Prompt;
import java.util.List;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Templates: what is in them, how they are filled, and what is wrong with them. */
class PromptTemplatesTest {

    private static final String YAML = """
        prompts: 1
        templates:
          - name: complaint
            version: 1
            input: {mail: string}
            messages: [{role: user, content: "Answer: ${{ input.mail }}"}]
          - name: complaint
            version: 12
            input: {mail: string, tone: {enum: [kind, strict]}, count: integer}
            messages:
              - {role: system, content: "Be ${{ input.tone }}. A price is 5 $${{ }}."}
              - {role: user, content: "${{ input.mail }}"}
              - {role: user, content: "${{ input.count + 1 }}"}
            parameters: {temperature: 0.5, stop: [x]}
        """;

    private static final Map<String, Object> VALUES =
            Map.of("mail", "I want ${{ input.tone }} back", "tone", "kind", "count", 2L);

    private final PromptTemplates templates = PromptTemplates.read(YAML);

    @Test
    void a_template_is_filled_with_values_that_stay_data() {
        Prompt prompt = templates.find("complaint@12").fill(VALUES);
        assertThat(prompt.messages())
                .containsExactly(
                        Prompt.message("system", "Be kind. A price is 5 ${{ }}."),
                        Prompt.message("user", "I want ${{ input.tone }} back"),
                        Prompt.message("user", "3"));
        assertThat(prompt.parameters()).isEqualTo(Map.of("temperature", 0.5, "stop", List.of("x")));
    }

    @Test
    void a_name_alone_is_its_newest_version() {
        assertThat(templates.find("complaint").version()).isEqualTo(12);
        assertThat(templates.find("complaint@1").reference()).isEqualTo("complaint@1");
        assertThat(templates.references()).containsExactly("complaint@1", "complaint@12");
    }

    @Test
    void the_hash_is_that_of_the_content_and_not_of_its_layout() {
        String same = YAML.replace(
                "{mail: string, tone: {enum: [kind, strict]}, count: integer}",
                "{count: integer, tone: {enum: [kind, strict]}, mail: string}");
        String other = YAML.replace("Be ${{", "Be very ${{");
        String hash = templates.find("complaint").hash();
        assertThat(hash).matches("[0-9a-f]{64}");
        assertThat(PromptTemplates.read(same).find("complaint").hash()).isEqualTo(hash);
        assertThat(PromptTemplates.read(other).find("complaint").hash()).isNotEqualTo(hash);
        assertThat(templates.find("complaint@1").hash()).isNotEqualTo(hash);
    }

    @Test
    void values_that_do_not_fit_are_all_named() {
        PromptTemplateException wrong = catchThrowableOfType(
                PromptTemplateException.class,
                () -> templates.find("complaint").fill(Map.of("tone", "rude", "count", "2", "x", 1L)));
        assertThat(wrong.code()).isEqualTo("AUT-L011");
        assertThat(wrong.problems()).hasSize(4);
        assertThat(wrong)
                .hasMessageContaining("filling template 'complaint@12' has 4 problems")
                .hasMessageContaining("mail")
                .hasMessageContaining("/tone")
                .hasMessageContaining("/count");
        for (String reference : List.of("complaint@2", "complaint@", "complaint@x", "nobody", "@1")) {
            assertThat(catchThrowableOfType(PromptTemplateException.class, () -> templates.find(reference)))
                    .hasMessageContaining("there are [complaint@1, complaint@12]");
        }
    }

    @Test
    void everything_that_is_wrong_with_the_text_is_said_at_once() {
        PromptTemplateException wrong =
                catchThrowableOfType(PromptTemplateException.class, () -> PromptTemplates.read("""
                    prompts: 1
                    templates:
                      - {name: "a b", version: 0, messages: []}
                      - {name: a, version: 1, mesages: [], input: {n: string}, messages: [{role: boss, content: "${{ input.m }}"}]}
                      - {name: a, version: 1, input: {n: strin}, messages: [{role: user, content: "${{ 1 + }}"}]}
                      - 5
                    """));
        assertThat(wrong.code()).isEqualTo("AUT-L010");
        assertThat(String.join("\n", wrong.problems()))
                .contains(
                        "templates[0]/name: has 1 to 100",
                        "templates[0]/version: is 1 or more",
                        "templates[0]/messages: there is at least one",
                        "templates[1]/mesages: is not known here; use 'messages'",
                        "templates[1]/messages[0]/role: is system",
                        "templates[1]/messages[0]/content: ",
                        "templates[2]/input: ",
                        "templates[3]/is a map, not 5");
        assertThat(catchThrowableOfType(PromptTemplateException.class, () -> PromptTemplates.read("prompts: 2")))
                .hasMessageContaining("begins with 'prompts: 1'");
        assertThat(catchThrowableOfType(
                        PromptTemplateException.class, () -> PromptTemplates.read(YAML.replace("12", "1"))))
                .hasMessageContaining("complaint@1: there are two");
    }

    @Property(tries = 200, seed = "20261122")
    void whatever_a_value_says_is_in_the_prompt_as_it_is(@ForAll String mail) {
        assertThat(templates.find("complaint@1").fill(Map.of("mail", mail)).messages())
                .containsExactly(Prompt.message("user", "Answer: " + mail));
    }
}
