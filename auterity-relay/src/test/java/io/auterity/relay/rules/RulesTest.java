package io.auterity.relay.rules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RulesTest {

    private static final Map<String, Object> CALL = Map.of(
            "tenant",
            "acme",
            "prompt",
            "translate: guten Tag",
            "tokens",
            1200,
            "tools",
            List.of("search", "mail"),
            "metadata",
            Map.of("region", "eu", "tier", 2.0));

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "tenant, equals: acme                 | true",
                "tenant, equals: other                | false",
                "metadata.tier, equals: 2             | true",
                "nowhere, equals: acme                | false",
                "tenant, not-equals: other            | true",
                "nowhere, not-equals: acme            | true",
                "tenant, not-equals: acme             | false",
                "prompt, contains: guten              | true",
                "tools, contains: mail                | true",
                "tools, contains: ma                  | false",
                "prompt, not-contains: bad            | true",
                "prompt, regex: '^translate:\\s'      | true",
                "prompt, regex: '^guten'              | false",
                "tokens, gt: 1199                     | true",
                "tokens, gt: 1200                     | false",
                "tokens, gte: 1200                    | true",
                "tokens, lt: 1200.5                   | true",
                "tokens, lt: 1200                     | false",
                "tokens, lte: 1200                    | true",
                "prompt, gt: 1                        | false",
                "tenant, in: [acme, other]            | true",
                "tenant, in: [other]                  | false",
                "tenant, not-in: [other]              | true",
                "nowhere, not-in: [other]             | true",
                "metadata.region, exists: true        | true",
                "metadata.nothing, exists: true       | false",
                "metadata.nothing, not-exists: true   | true",
                "prompt, length: {gt: 19}             | true",
                "prompt, length: {gt: 20}             | false",
                "tools, length: {equals: 2}           | true",
                "tokens, length: {gt: 0}              | false",
            })
    void each_operator_compares(String condition, boolean holds) {
        Rules rules = Rules.read("relay: 1\nrules:\n- {id: r, when: {field: " + condition + "}, then: [{log: x}]}");
        assertThat(rules.apply(CALL).actions().isEmpty()).isEqualTo(!holds);
    }

    @Test
    void conditions_nest_with_all_any_and_not() {
        Rules rules = Rules.read("""
                relay: 1
                rules:
                  - id: nested
                    when:
                      all:
                        - {field: tenant, equals: acme}
                        - any:
                            - {field: tokens, gt: 5000}
                            - not: {field: metadata.region, equals: us}
                    then: [{log: matched}]
                """);
        assertThat(rules.apply(CALL).matched()).containsExactly("nested");
        assertThat(rules.apply(Map.of("tenant", "acme", "metadata", Map.of("region", "us")))
                        .matched())
                .isEmpty();
    }

    @Test
    void an_approval_that_is_not_required_is_left_out() {
        assertThatThrownBy(() -> Rules.read("relay: 1\nrules: [{id: r, then: [{require-approval: false}]}]"))
                .hasMessageContaining("is true where it stands");
    }

    @Test
    void every_action_is_read() {
        Ruling ruling = Rules.read("""
                relay: 1
                rules:
                  - id: all
                    then:
                      - models: [openai/gpt-4o, anthropic/claude-sonnet-5]
                      - provider: openai
                      - transform: {temperature: 0.5, stop: null}
                      - inject: {role: system, text: Be brief.}
                      - reject: {status: 403, message: Not today.}
                      - log: seen
                      - cost-limit: "0.05"
                      - require-approval: true
                """).apply(CALL);
        assertThat(ruling.actions()).hasSize(8);
        assertThat(ruling.all(Action.UseModels.class).findFirst().orElseThrow().models())
                .containsExactly(ModelName.of("openai/gpt-4o"), ModelName.of("anthropic/claude-sonnet-5"));
        assertThat(ruling.all(Action.Transform.class).findFirst().orElseThrow().parameters())
                .containsEntry("temperature", 0.5)
                .containsEntry("stop", null);
        assertThat(ruling.actions())
                .contains(
                        new Action.UseProvider("openai"),
                        new Action.Inject("system", "Be brief."),
                        new Action.Reject(403, "Not today."),
                        new Action.Log("seen"),
                        new Action.CostLimit(Money.dollars("0.05")),
                        new Action.RequireApproval());
    }

    @Test
    void the_first_match_decides_unless_it_continues() {
        Rules rules = Rules.read("""
                relay: 1
                rules:
                  - {id: last, priority: -1, then: [{log: last}]}
                  - {id: second, then: [{log: second}]}
                  - {id: first, priority: 5, then: [{log: first}], continue: true}
                default: [{log: default}]
                """);
        Ruling ruling = rules.apply(CALL);
        assertThat(ruling.actions()).containsExactly(new Action.Log("first"), new Action.Log("second"));
        assertThat(ruling.matched()).containsExactly("first", "second");
    }

    @Test
    void without_a_match_the_default_decides() {
        Rules rules = Rules.read("""
                relay: 1
                rules: [{id: never, when: {field: tenant, equals: nobody}, then: [{log: x}]}]
                default: [{models: [openai/gpt-4o-mini]}]
                """);
        assertThat(rules.apply(CALL).matched()).containsExactly("default");
    }

    @Test
    void the_dry_run_says_what_was_compared_and_why_it_did_not_match() {
        Rules rules = Rules.read("""
                relay: 1
                rules:
                  - {id: big, when: {all: [{field: tenant, equals: acme}, {field: tokens, gt: 5000}]}, then: [{log: x}]}
                """);
        assertThat(rules.apply(CALL).trace())
                .containsExactly(new Ruling.Considered(
                        "big", false, List.of("tenant = acme, equals acme: yes", "tokens = 1200, gt 5000: no")));
    }

    @Test
    void all_problems_are_told_at_once_with_their_places() {
        assertThatThrownBy(() -> Rules.read("""
                        relay: 2
                        extra: 1
                        rules:
                          - {when: {field: a, equals: 1, gt: 2}, then: []}
                          - {id: b, priority: high, when: {field: a, like: x}, then: [{route: x}]}
                          - {id: c, when: {field: a, regex: "("}, then: [{cost-limit: five}, {reject: {status: 99}}]}
                          - {id: c, when: {any: {}}, then: [{models: [gpt]}], continue: maybe}
                        """))
                .isInstanceOfSatisfying(RulesException.class, e -> {
                    assertThat(e.code()).isEqualTo("AUT-L005");
                    assertThat(e.problems()).hasSizeGreaterThanOrEqualTo(12);
                })
                .hasMessageContaining("relay: the format is 1")
                .hasMessageContaining("extra: is not known here")
                .hasMessageContaining("rules[0]/id")
                .hasMessageContaining("rules[1]/when/like: is no operator")
                .hasMessageContaining("rules[2]/when/regex")
                .hasMessageContaining("rules[3]/then[0]/models: 'gpt' names no provider")
                .hasMessageContaining("two of them have the id 'c'");
    }

    /** What was set aside for a call, at its deployment's rates, would be too little. */
    @Test
    void no_rule_chooses_another_class_of_service() {
        assertThatThrownBy(
                        () -> Rules.read("relay: 1\nrules: [{id: a, then: [{transform: {service_tier: priority}}]}]"))
                .isInstanceOf(RulesException.class)
                .hasMessageContaining("rules[0]/then[0]/transform: sets service_tier to priority")
                .hasMessageContaining("remove it");
        assertThat(Rules.read("relay: 1\nrules: [{id: a, then: [{transform: {service_tier: null}}]}]")
                        .size())
                .isEqualTo(1);
    }

    @Test
    void what_would_have_no_effect_is_refused() {
        assertThatThrownBy(() -> Rules.read("""
                        relay: 1
                        rules:
                          - {id: a, when: {field: a, length: {regex: 5}}, then: []}
                          - {id: b, when: {field: a, length: {contains: 5}}, then: []}
                          - {id: c, when: {field: a, length: {exists: 5}}, then: []}
                          - {id: d, then: [{transform: {temperature: 0, max_tokens: 5, n: 2}}, {transform: {stream: true}}]}
                        """))
                .hasMessageContaining("rules[0]/when/length: holds one of gt, gte, lt, lte, equals and not-equals")
                .hasMessageContaining("rules[1]/when/length: holds one of")
                .hasMessageContaining("rules[2]/when/length: holds one of")
                .hasMessageContaining("rules[3]/then[0]/transform: max_tokens and n cannot be changed by a rule")
                .hasMessageContaining("rules[3]/then[1]/transform: stream cannot be changed by a rule");
        Rules right = Rules.read("relay: 1\nrules: [{id: a, when: {field: a, length: {equals: 2}}, then: []}]");
        assertThat(right.apply(Map.of("a", "ab")).matched()).containsExactly("a");
    }

    @Test
    void hostile_texts_are_refused_or_harmless() {
        assertThatThrownBy(() -> Rules.read("- x")).isInstanceOf(RulesException.class);
        assertThatThrownBy(() -> Rules.read("relay: 1\nrelay: 1")).isInstanceOf(RulesException.class);
        assertThatThrownBy(() -> Rules.read("relay: !!java.net.URL [http://x]")).isInstanceOf(RulesException.class);
        assertThatThrownBy(() -> Rules.read("x".repeat(RulesReader.MAX_BYTES + 1)))
                .isInstanceOf(RulesException.class);
        String nested = "{not: ".repeat(40) + "{field: a, exists: true}" + "}".repeat(40);
        assertThatThrownBy(() -> Rules.read("relay: 1\nrules: [{id: a, when: " + nested + ", then: []}]"))
                .hasMessageContaining("nested more than 20");
        // a regular expression that would take exponential time elsewhere
        Rules rules = Rules.read("relay: 1\nrules: [{id: a, when: {field: p, regex: '^(a+)+$'}, then: []}]");
        assertThat(rules.size()).isEqualTo(1);
        assertTimeoutPreemptively(Duration.ofSeconds(20), () -> rules.apply(Map.of("p", "a".repeat(10_000) + "!")));
    }
}
