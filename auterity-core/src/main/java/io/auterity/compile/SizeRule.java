package io.auterity.compile;

import io.auterity.definition.Block;
import io.auterity.definition.Definition;
import io.auterity.definition.Policy.OnError;
import io.auterity.definition.Step;
import io.auterity.definition.StepKind;
import io.auterity.definition.Template;
import io.auterity.definition.Trigger;
import io.auterity.definition.WarnLevel;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A definition is not too large: the first look at it, before anything is made of it. What goes beyond a limit is
 * refused with the limit's name, and nothing else is said of it.
 */
final class SizeRule {

    private static final String SPLIT = "split it into workflows that run each other with 'run'";

    private final Limits limits;
    private final Problems problems;
    private final Place place;
    private int steps;
    private int deepest;
    private int templates;

    private SizeRule(Limits limits, Problems problems, Place place) {
        this.limits = limits;
        this.problems = problems;
        this.place = place;
    }

    /** Adds what is beyond a limit to the problems; returns what nears one. */
    static List<String> check(Definition definition, Limits limits, Problems problems) {
        SizeRule rule = new SizeRule(limits, problems, Place.of(definition.id()));
        rule.templates(definition.settings().vars().values());
        Trigger.schedules(definition)
                .values()
                .forEach(schedule -> rule.templates(schedule.input().values()));
        rule.block(definition.body(), 1);
        return Stream.of(
                        WarnLevel.STEPS.warning(rule.steps, "steps", limits.maxSteps(), SPLIT),
                        WarnLevel.DEPTH.warning(rule.deepest, "blocks inside blocks", limits.maxDepth(), SPLIT))
                .flatMap(Optional::stream)
                .toList();
    }

    private void over(String what, String limit, String fix) {
        if (problems.isEmpty()) {
            problems.add(Code.LIMIT, place, what + " (" + limit + ")", fix);
        }
    }

    private void block(Block block, int depth) {
        steps(block.steps(), depth);
        block.output().ifPresent(this::template);
    }

    private void steps(List<Step> all, int depth) {
        if (depth > limits.maxDepth()) {
            over("blocks are nested more than " + limits.maxDepth() + " deep", "maxDepth", SPLIT);
            return;
        }
        deepest = Math.max(deepest, depth);
        for (Step step : all) {
            if (++steps > limits.maxSteps()) {
                over("the workflow has more than " + limits.maxSteps() + " steps", "maxSteps", SPLIT);
            }
            if (!problems.isEmpty()) {
                return;
            }
            step.order().condition().ifPresent(this::text);
            kind(step.kind(), depth);
            OnError onError = step.policy().onError();
            if (onError instanceof OnError.FallbackValue fallback) {
                template(fallback.value());
            } else if (onError instanceof OnError.FallbackStep fallback) {
                kind(fallback.kind(), depth);
            }
            step.policy().undo().ifPresent(undo -> kind(undo, depth));
        }
    }

    private void kind(StepKind kind, int depth) {
        if (kind instanceof StepKind.Uses uses) {
            templates(uses.with().values());
        } else if (kind instanceof StepKind.Value value) {
            template(value.template());
        } else if (kind instanceof StepKind.Switch choice) {
            for (StepKind.Switch.Case one : choice.cases()) {
                one.condition().ifPresent(this::text);
                template(one.value());
            }
        } else if (kind instanceof StepKind.ForEach loop) {
            template(loop.items());
            block(loop.body(), depth + 1);
        } else if (kind instanceof StepKind.Repeat repeat) {
            repeat.until().ifPresent(this::text);
            repeat.whileCondition().ifPresent(this::text);
            block(repeat.body(), depth + 1);
        } else if (kind instanceof StepKind.Race race) {
            steps(race.branches(), depth + 1);
        } else if (kind instanceof StepKind.Try attempt) {
            block(attempt.body(), depth + 1);
            nested(attempt.onError(), depth + 1);
            nested(attempt.last(), depth + 1);
        } else if (kind instanceof StepKind.Run run) {
            templates(run.with().values());
        } else if (kind instanceof StepKind.Wait pause) {
            template(pause.time());
        } else if (kind instanceof StepKind.Emit emit) {
            template(emit.data());
        } else if (kind instanceof StepKind.Fail fail) {
            template(fail.message());
        } else if (kind instanceof StepKind.Java java) {
            templates(java.inputs());
        }
    }

    private void nested(Optional<Block> block, int depth) {
        block.ifPresent(inner -> block(inner, depth));
    }

    private void templates(Collection<Template> all) {
        all.forEach(this::template);
    }

    private void template(Template template) {
        json(template.json(), 1);
    }

    private void json(@Nullable Object json, int depth) {
        if (depth > limits.maxDepth()) {
            over("a value is nested more than " + limits.maxDepth() + " deep", "maxDepth", "flatten it");
        } else if (json instanceof String text) {
            text(text);
        } else if (json instanceof List<?> list) {
            for (Object item : list) {
                json(item, depth + 1);
            }
        } else if (json instanceof Map<?, ?> map) {
            for (Object field : map.values()) {
                json(field, depth + 1);
            }
        }
    }

    private void text(String text) {
        if (++templates > limits.maxTemplates()) {
            over("the workflow has more than " + limits.maxTemplates() + " texts", "maxTemplates", SPLIT);
        }
        if (text.length() > limits.maxTextLength()) {
            over(
                    "a text has " + text.length() + " characters, more than " + limits.maxTextLength(),
                    "maxTextLength",
                    "pass it as input, or let a step fetch it");
        }
    }
}
