package io.auterity.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.relay.budget.Budget;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.BudgetListener;
import io.auterity.relay.budget.Budgets;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.LedgerLine;
import io.auterity.relay.budget.Period;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.Exploration;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceBook;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.money.UnknownPrice;
import io.auterity.relay.money.Usage;
import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.ErrorClass;
import io.auterity.relay.provider.Original;
import io.auterity.relay.provider.Prompt;
import io.auterity.relay.provider.Protocol;
import io.auterity.relay.provider.ProviderAnswer;
import io.auterity.relay.provider.ProviderCall;
import io.auterity.relay.provider.ProviderException;
import io.auterity.relay.provider.Sink;
import io.auterity.relay.redact.Redaction;
import io.auterity.relay.rules.Rules;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What was asked before is answered again for nothing, to nobody but the tenant who asked. */
class AnswerCacheTest {

    private static final Scope ACME = Scope.tenant("acme");
    private static final ModelName MODEL = ModelName.of("openai/gpt-4o");
    private static final Duration TTL = Duration.ofMinutes(10);

    private final InMemoryBudgetStore store = new InMemoryBudgetStore();
    private Instant now = Instant.parse("2026-05-01T08:00:00Z");
    private Rules rules = Rules.NONE;
    private String finishReason = "stop";
    private @Nullable Redaction redaction;
    private int calls;
    private int ids;

    /** A text by the letters in it: the same for anagrams, near for texts that share most letters. */
    private static final Embedder LETTERS = texts -> texts.stream()
            .map(text -> {
                float[] vector = new float[26];
                text.toLowerCase(Locale.ROOT)
                        .chars()
                        .filter(c -> c >= 'a' && c <= 'z')
                        .forEach(c -> vector[c - 'a']++);
                return vector;
            })
            .toList();

    private AnswerCache exact() {
        return AnswerCache.exact(() -> now, TTL, AnswerCache.DEFAULT_MAX_BYTES);
    }

    private AnswerCache semantic() {
        return AnswerCache.semantic(() -> now, TTL, AnswerCache.DEFAULT_MAX_BYTES, LETTERS, 0.99);
    }

    private Relay relay(AnswerCache cache) {
        Policy policy = new Policy(
                List.of(new ModelCard(MODEL, Set.of(), 128_000, 16_384, Duration.ofMillis(500))),
                List.of(new Deployment("one", MODEL, "", ServiceTier.STANDARD)),
                rules,
                new Policy.Prices(PriceBook.shipped(), UnknownPrice.REFUSE),
                Exploration.NONE,
                Policy.Limits.DEFAULT);
        Budget budget = Budget.of(ACME, Period.DAILY, Money.dollars("0.02"));
        RelayBuilder builder = Relay.builder(policy, () -> now)
                .provider("openai", this::answer)
                .budgets(new Budgets(List.of(budget), store, () -> now, new BudgetListener() {}))
                .cache(cache);
        if (redaction != null) {
            builder.redaction(redaction);
        }
        return builder.build();
    }

    private ProviderAnswer answer(ProviderCall call, Sink sink) {
        String text = "answer " + ++calls;
        if (call.isStream()) {
            sink.reasoning("hm");
            sink.text("answer ");
            sink.text(String.valueOf(calls));
            sink.usage(Usage.of(10, 5));
        }
        return new ProviderAnswer(text, List.of(), finishReason, Optional.of(Usage.of(10, 5)), Optional.empty());
    }

    private RelayRequest request(Scope scope, Prompt prompt) {
        RouteRequest.Needs needs = new RouteRequest.Needs(Set.of(), Optional.empty(), Set.of(), Optional.empty(), true);
        return RelayRequest.of("request-" + ++ids, scope, prompt)
                .with(new RelayRequest.Wishes(Objective.BALANCED, needs, Optional.empty(), Map.of()));
    }

    private String ask(Relay relay, String text) {
        return relay.call(request(ACME, Prompt.of(text))).answer().text();
    }

    @Test
    void the_same_question_is_answered_again_for_nothing_and_that_is_recorded() {
        Relay relay = relay(exact());
        assertThat(ask(relay, "Why?")).isEqualTo("answer 1");
        Reply again = relay.call(request(ACME.key("k"), Prompt.of("Why?")));
        assertThat(again.answer().text()).isEqualTo("answer 1");
        assertThat(again.line().charge().cost()).contains(Money.ZERO);
        assertThat(again.line().charge().usage()).isEqualTo(Usage.NONE);
        assertThat(again.explanation().reasons())
                .containsExactly("the same was asked before, and openai/gpt-4o answered it");
        assertThat(store.lines(ACME))
                .extracting(LedgerLine::kind)
                .containsExactly(LedgerLine.Kind.REPORTED, LedgerLine.Kind.CACHED);
        assertThat(store.lines(ACME.key("k"))).containsExactly(again.line());
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void where_the_embedder_makes_no_vector_questions_are_the_same_or_not() {
        for (ErrorClass why : List.of(ErrorClass.CONTEXT, ErrorClass.NOT_FOUND)) {
            Embedder failing = texts -> {
                throw new ProviderException(why, "no vector");
            };
            calls = 0;
            Relay relay = relay(AnswerCache.semantic(() -> now, TTL, AnswerCache.DEFAULT_MAX_BYTES, failing, 0.99));
            assertThat(ask(relay, "listen")).isEqualTo("answer 1");
            assertThat(ask(relay, "silent")).isEqualTo("answer 2");
            assertThat(ask(relay, "listen")).isEqualTo("answer 1");
        }
    }

    @Test
    void a_question_has_one_vector_made_whether_it_is_answered_or_not() {
        List<String> embedded = new ArrayList<>();
        Embedder counting = texts -> {
            embedded.addAll(texts);
            return LETTERS.embed(texts);
        };
        Relay relay = relay(AnswerCache.semantic(() -> now, TTL, AnswerCache.DEFAULT_MAX_BYTES, counting, 0.99));
        for (String text : List.of("first", "second", "third", "drith")) {
            ask(relay, text);
        }
        assertThat(embedded).containsExactly("first", "second", "third", "drith");
        ask(relay, "first"); // the same needs none
        assertThat(embedded).hasSize(4);
        assertThat(calls).isEqualTo(3);
    }

    @Test
    void a_stream_comes_again_piece_by_piece() {
        Relay relay = relay(exact());
        for (int i = 0; i < 2; i++) {
            List<String> heard = new ArrayList<>();
            relay.stream(request(ACME, Prompt.of("Why?")), new Sink() {
                @Override
                public void begin(Beginning beginning) {
                    heard.add(beginning.deployment().id());
                }

                @Override
                public void text(String text) {
                    heard.add(text);
                }

                @Override
                public void reasoning(String text) {
                    heard.add("(" + text + ")");
                }

                @Override
                public void usage(Usage usage) {
                    heard.add(usage.toString());
                }
            });
            assertThat(heard)
                    .containsExactly(
                            "one", "(hm)", "answer ", "1", Usage.of(10, 5).toString());
        }
        assertThat(calls).isEqualTo(1);
    }

    @Test
    void a_budget_that_is_spent_does_not_keep_back_what_costs_nothing() {
        Relay relay = relay(exact());
        ask(relay, "Why?");
        RelayRequest large = request(ACME, Prompt.of("x".repeat(100_000)));
        assertThatThrownBy(() -> relay.call(large)).isInstanceOf(BudgetException.class);
        assertThat(ask(relay, "Why?")).isEqualTo("answer 1");
    }

    /** Earlier defect 26 and S34: a key is the tenant and everything that is asked, and nothing can be moved between them. */
    @Test
    void S34_no_tenant_is_answered_with_what_another_asked_however_they_are_called() {
        for (AnswerCache cache : List.of(exact(), semantic())) {
            Relay relay = relay(cache);
            List<Scope> tenants = List.of(
                    ACME,
                    Scope.tenant("acme2"),
                    Scope.tenant("ACME"),
                    Scope.tenant("acme\",\"Why?"),
                    Scope.tenant("acme/key:k"),
                    Scope.tenant("[\"acme\"]"));
            Set<String> answers = new HashSet<>();
            for (Scope tenant : tenants) {
                answers.add(
                        relay.call(request(tenant, Prompt.of("Why?"))).answer().text());
            }
            assertThat(answers).hasSameSizeAs(tenants);
        }
    }

    @Test
    void S34_questions_that_look_alike_when_joined_are_apart() {
        Relay relay = relay(exact());
        List<Prompt> prompts = List.of(
                Prompt.of("ab"),
                new Prompt(List.of(Prompt.message("user", "a"), Prompt.message("user", "b")), Map.of()),
                new Prompt(List.of(Prompt.message("user", "a\",\"b")), Map.of()),
                new Prompt(List.of(Prompt.message("system", "ab")), Map.of()),
                new Prompt(List.of(Prompt.message("user", "ab")), Map.of("temperature", 1L)),
                new Prompt(List.of(Prompt.message("user", "ab")), Map.of("temperature", "1")));
        for (int round = 0; round < 2; round++) {
            for (int i = 0; i < prompts.size(); i++) {
                assertThat(relay.call(request(ACME, prompts.get(i))).answer().text())
                        .isEqualTo("answer " + (i + 1));
            }
        }
    }

    @Test
    void what_may_have_effects_or_did_not_end_well_is_asked_again() {
        Relay relay = relay(exact());
        for (int i = 1; i <= 2; i++) {
            RelayRequest effects = RelayRequest.of("effects-" + i, ACME, Prompt.of("Why?"));
            assertThat(relay.call(effects).answer().text()).isEqualTo("answer " + i);
        }
        finishReason = "length";
        assertThat(ask(relay, "Long?")).isEqualTo("answer 3");
        assertThat(ask(relay, "Long?")).isEqualTo("answer 4");
    }

    @Test
    void an_answer_is_kept_for_its_time_and_no_longer() {
        for (AnswerCache cache : List.of(exact(), semantic())) {
            Relay relay = relay(cache);
            String first = ask(relay, "Why?");
            now = now.plus(TTL).minusNanos(1);
            assertThat(ask(relay, "Why?")).isEqualTo(first);
            now = now.plusNanos(1);
            assertThat(ask(relay, "Why?")).isNotEqualTo(first);
        }
    }

    @Test
    void memory_is_bounded() {
        Relay relay = relay(AnswerCache.exact(() -> now, TTL, 2_000)); // some four answers
        for (int i = 1; i <= 10; i++) {
            assertThat(ask(relay, "Question " + i)).isEqualTo("answer " + i);
        }
        int before = calls;
        for (int i = 1; i <= 10; i++) {
            ask(relay, "Question " + i);
        }
        assertThat(calls - before).isBetween(6, 10);
    }

    @Test
    void a_rule_that_rejects_or_answers_elsewhere_comes_first() {
        AnswerCache cache = exact();
        ask(relay(cache), "Why?");
        rules = Rules.read("""
            relay: 1
            rules: [{id: no, when: {field: prompt, contains: Why}, then: [{reject: {status: 451, message: No.}}]}]
            """);
        assertThatThrownBy(() -> ask(relay(cache), "Why?")).hasMessageContaining("No.");
        rules = Rules.read("""
            relay: 1
            rules: [{id: calm, when: {field: prompt, contains: Why}, then: [{inject: {role: system, text: Be calm.}}]}]
            """);
        assertThat(ask(relay(cache), "Why?")).isEqualTo("answer 2");
    }

    @Test
    void a_semantic_cache_answers_what_means_the_same_within_the_same_frame() {
        Relay relay = relay(semantic());
        assertThat(ask(relay, "How do I cancel my order?")).isEqualTo("answer 1");
        assertThat(ask(relay, "how do i CANCEL my order")).isEqualTo("answer 1");
        assertThat(ask(relay, "What is the weather in Bern?")).isEqualTo("answer 2");
        Prompt elsewhere = new Prompt(
                List.of(Prompt.message("system", "Be rude."), Prompt.message("user", "how do i cancel my order")),
                Map.of());
        assertThat(relay.call(request(ACME, elsewhere)).answer().text()).isEqualTo("answer 3");
        assertThat(relay.call(request(Scope.tenant("other"), Prompt.of("how do i cancel my order")))
                        .answer()
                        .text())
                .isEqualTo("answer 4");
    }

    /** A call of another interface, whose last message is the text. */
    private static Prompt written(Protocol protocol, String frame, Object said) {
        String name = protocol == Protocol.RESPONSES ? "input" : "messages";
        Map<String, Object> body = new HashMap<>(Map.of("metadata", Map.of("user_id", frame)));
        body.put(name, said);
        return Prompt.of(said.toString()).writtenAs(new Original(protocol, Map.copyOf(body)));
    }

    @Test
    void a_question_with_personal_data_is_similar_to_no_other() {
        redaction = Redaction.ofAll();
        Relay relay = relay(semantic());
        assertThat(ask(relay, "I am anna@x.org, how do I leave?")).isEqualTo("answer 1");
        assertThat(ask(relay, "I am nana@x.org, how do I leave?")).isEqualTo("answer 2");
        assertThat(ask(relay, "I am anna@x.org, how do I leave?")).isEqualTo("answer 1");
        assertThat(ask(relay, "listen")).isEqualTo("answer 3");
        assertThat(ask(relay, "silent")).isEqualTo("answer 3");
    }

    @Test
    void calls_of_other_interfaces_are_known_by_their_meaning_too_each_in_its_own() {
        Relay relay = relay(semantic());
        List<Function<String, Prompt>> forms = List.of(
                text -> written(Protocol.MESSAGES, "me", List.of(Prompt.message("user", text))),
                text -> written(
                        Protocol.MESSAGES,
                        "me",
                        List.of(Map.of("role", "user", "content", List.of(Map.of("type", "text", "text", text))))),
                text -> written(Protocol.MESSAGES, "you", List.of(Prompt.message("user", text))),
                text -> written(
                        Protocol.MESSAGES,
                        "me",
                        List.of(
                                Prompt.message("user", "Hello"),
                                Prompt.message("assistant", "Hi"),
                                Prompt.message("user", text))),
                text -> written(Protocol.RESPONSES, "me", text),
                text -> written(Protocol.RESPONSES, "me", List.of(Prompt.message("user", text))),
                Prompt::of);
        for (int form = 0; form < forms.size(); form++) {
            Function<String, Prompt> asked = forms.get(form);
            assertThat(List.of("How do I cancel order 17?", "how do i CANCEL order 17", "Why is the sky blue?"))
                    .extracting(text -> relay.call(request(ACME, asked.apply(text)))
                            .answer()
                            .text())
                    .containsExactly(
                            "answer " + (2 * form + 1), "answer " + (2 * form + 1), "answer " + (2 * form + 2));
        }
    }

    @Test
    void what_ends_in_anything_but_a_text_of_the_user_is_the_same_or_not() {
        Relay relay = relay(semantic());
        List<Object> ends = List.of(
                List.of(Prompt.message("user", "listen"), Prompt.message("assistant", "silent")),
                List.of(Prompt.message("user", "listen"), Prompt.message("assistant", "listen")),
                List.of(Map.of(
                        "role", "user", "content", List.of(Map.of("type", "document"), Map.of("text", "silent")))),
                List.of(Map.of(
                        "role", "user", "content", List.of(Map.of("type", "document"), Map.of("text", "listen")))),
                List.of());
        for (Object end : ends) {
            relay.call(request(ACME, written(Protocol.MESSAGES, "me", end)));
        }
        assertThat(calls).isEqualTo(ends.size());
    }

    @Test
    void other_numbers_are_another_question_however_similar() {
        Relay relay = relay(semantic());
        assertThat(ask(relay, "Where is order 17?")).isEqualTo("answer 1");
        assertThat(ask(relay, "Where is order 18?")).isEqualTo("answer 2");
        assertThat(ask(relay, "where is order 17")).isEqualTo("answer 1");
    }

    @Test
    void settings_that_make_no_sense_are_refused() {
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerCache.exact(() -> now, Duration.ZERO, 1));
        assertThatIllegalArgumentException().isThrownBy(() -> AnswerCache.exact(() -> now, TTL, 0));
        for (double similarity : new double[] {0, -1, 1.01, Double.NaN}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> AnswerCache.semantic(() -> now, TTL, 1, LETTERS, similarity));
        }
    }
}
