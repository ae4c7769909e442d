package io.auterity.relay.operation;

import io.auterity.connector.StepContext;
import io.auterity.connector.StepException;
import io.auterity.definition.Failure;
import io.auterity.relay.AnswerCheck;
import io.auterity.relay.Relay;
import io.auterity.relay.RelayException;
import io.auterity.relay.RelayRequest;
import io.auterity.relay.Reply;
import io.auterity.relay.budget.BudgetException;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Objective;
import io.auterity.relay.decide.RouteRequest;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.PriceException;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.provider.Cancellation;
import io.auterity.relay.provider.ChatDemands;
import io.auterity.relay.provider.Prompt;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Asks the relay for a step: the run pays, the step's time is the deadline, its cancellation the call's. Thread-safe. */
final class Asking {

    private static final Duration MOST_TIME = Duration.ofMinutes(10);
    private static final long LEAST_TOKENS = 16;
    private static final String TIER = "service_tier";
    private static final String APPROVAL_REQUIRED = "approval-required";

    private final Relay relay;
    private final Scope payer;
    private final AtomicLong calls = new AtomicLong();

    Asking(Relay relay, Scope payer) {
        this.relay = relay;
        this.payer = payer;
    }

    /** What a step says of its call: how the model is chosen, and whether somebody has approved it. */
    record Terms(Choice choice, boolean isApproved) {

        static Terms of(Optional<Choice> choice, Optional<Boolean> approved) {
            return new Terms(choice.orElse(Choice.USUAL), approved.orElse(false));
        }
    }

    /** Asks for an answer; the facts are for rules and the log. */
    Reply ask(
            Prompt prompt,
            Map<String, Object> facts,
            Terms terms,
            long maxTokens,
            boolean isStream,
            StepContext context) {
        ChatDemands demands = demands(prompt);
        return made(
                prompt,
                understood(prompt, demands, wishes(terms.choice(), demands.capabilities(), facts, context)),
                limits(maxTokens, terms, context),
                context,
                request -> isStream ? relay.stream(request, context::partial) : relay.call(request));
    }

    /** Asks for an answer that is checked. */
    Reply ask(Prompt prompt, Terms terms, long maxTokens, AnswerCheck check, StepContext context) {
        RelayRequest.Wishes wishes = wishes(terms.choice(), Set.of(), Map.of(), context);
        return made(
                prompt, wishes, limits(maxTokens, terms, context), context, request -> relay.checked(request, check));
    }

    /** Asks for vectors. */
    Reply embed(Prompt prompt, Terms terms, StepContext context) {
        RelayRequest.Wishes wishes = wishes(terms.choice(), Set.of(Capability.EMBEDDINGS), Map.of(), context);
        return made(prompt, wishes, limits(0, terms, context), context, relay::call);
    }

    /** What a chat demands; none may cost what nobody can say before the call. */
    private static ChatDemands demands(Prompt prompt) {
        Object tier = prompt.parameters().get(TIER);
        if (!ServiceTier.isUnsaid(tier)) {
            throw invalid(
                    "parameters/" + TIER,
                    "is " + tier + ", which has another price than the deployments; remove it, the operator chooses the"
                            + " tier of each");
        }
        ChatDemands demands = ChatDemands.of(prompt);
        if (!demands.unbounded().isEmpty()) {
            throw invalid(
                    "parameters",
                    "what this costs has no bound before the call: " + String.join(", ", demands.unbounded())
                            + "; leave it out, or do it in a step of its own");
        }
        return demands;
    }

    /** What only one interface has must not be lost at the providers of another. */
    private RelayRequest.Wishes understood(Prompt prompt, ChatDemands demands, RelayRequest.Wishes wishes) {
        Set<String> only = demands.only();
        RouteRequest.Needs needs = wishes.needs();
        boolean isRepeatable = !Boolean.TRUE.equals(prompt.parameters().get("store"));
        Set<ModelName> models = needs.models();
        if (!only.isEmpty()) {
            Set<ModelName> able = relay.understanding(prompt);
            models = models.isEmpty()
                    ? able
                    : models.stream().filter(able::contains).collect(Collectors.toSet());
            if (models.isEmpty()) {
                throw invalid(
                        "parameters",
                        "only providers of OpenAI's interface understand " + String.join(", ", only)
                                + "; leave it out, or let a model of such a provider answer");
            }
        }
        return new RelayRequest.Wishes(
                wishes.objective(),
                new RouteRequest.Needs(
                        needs.capabilities(), needs.region(), models, needs.conversation(), isRepeatable),
                wishes.task(),
                wishes.facts());
    }

    private static StepException invalid(String place, String what) {
        return new StepException(Failure.INVALID_INPUT, "invalid input at /" + place + ": " + what, false);
    }

    private static RelayRequest.Limits limits(long maxTokens, Terms terms, StepContext context) {
        return new RelayRequest.Limits(maxTokens, Math.min(maxTokens, LEAST_TOKENS), time(context), terms.isApproved());
    }

    private Reply made(
            Prompt prompt,
            RelayRequest.Wishes wishes,
            RelayRequest.Limits limits,
            StepContext context,
            Function<RelayRequest, Reply> call) {
        Cancellation cancellation = new Cancellation();
        context.onCancel(cancellation::cancel);
        RelayRequest request = new RelayRequest(
                id(context), payer.run(context.runId().toString()), prompt, wishes, limits, cancellation);
        try {
            return call.apply(request);
        } catch (BudgetException e) {
            String code = e.code().equals(BudgetException.APPROVAL) ? APPROVAL_REQUIRED : "budget";
            throw new StepException(code, String.valueOf(e.getMessage()), false).causedBy(e);
        } catch (PriceException e) {
            throw new StepException("price-unknown", String.valueOf(e.getMessage()), false).causedBy(e);
        } catch (RelayException e) {
            throw failure(e);
        }
    }

    /** A step that is tried again, or recovered, makes another call, which is paid for and logged on its own. */
    private String id(StepContext context) {
        return context.idempotencyKey() + "@" + context.attempt() + "."
                + context.clock().instant().toEpochMilli() + "." + calls.incrementAndGet();
    }

    private static Duration time(StepContext context) {
        Duration left = context.remaining();
        Duration least = Duration.ofMillis(1);
        return left.compareTo(MOST_TIME) > 0 ? MOST_TIME : left.compareTo(least) < 0 ? least : left;
    }

    private static RelayRequest.Wishes wishes(
            Choice choice, Set<Capability> capabilities, Map<String, Object> facts, StepContext context) {
        try {
            Objective objective = switch (choice.objective().orElse("balanced")) {
                case "cost-saving" -> Objective.COST_SAVING;
                case "quality-first" -> Objective.QUALITY_FIRST;
                default -> Objective.BALANCED;
            };
            objective = choice.minQuality().isPresent()
                    ? objective.atLeast(choice.minQuality().get())
                    : objective;
            objective = choice.maxCost().isPresent()
                    ? objective.atMost(Money.dollars(choice.maxCost().get()))
                    : objective;
            Set<ModelName> models = choice.models().stream()
                    .flatMap(names -> names.stream().map(ModelName::of))
                    .collect(Collectors.toSet());
            RouteRequest.Needs needs =
                    new RouteRequest.Needs(capabilities, choice.region(), models, Optional.empty(), true);
            Map<String, Object> known = new HashMap<>(facts);
            known.put("workflow", context.workflow());
            known.put("step", context.step());
            return new RelayRequest.Wishes(objective, needs, choice.task(), known);
        } catch (IllegalArgumentException e) {
            throw new StepException(Failure.INVALID_INPUT, "invalid input at /choice: " + e.getMessage(), false)
                    .causedBy(e);
        }
    }

    private static StepException failure(RelayException e) {
        if (e.code().equals(BudgetException.APPROVAL)) {
            return new StepException(APPROVAL_REQUIRED, String.valueOf(e.getMessage()), false).causedBy(e);
        }
        if (e.code().equals(RelayException.INVALID)) {
            return new StepException(AiConnector.ANSWER_INVALID, String.valueOf(e.getMessage()), false).causedBy(e);
        }
        String code = switch (e.status()) {
            case 429 -> "rate-limit";
            case 499 -> Failure.CANCELLED;
            case 504 -> Failure.TIMEOUT;
            default -> e.code().equals(RelayException.REJECTED) ? "rejected" : "unanswered";
        };
        boolean isRetryable = e.status() == 429 || e.status() >= 500;
        return new StepException(code, String.valueOf(e.getMessage()), isRetryable).causedBy(e);
    }
}
