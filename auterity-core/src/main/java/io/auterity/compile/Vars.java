package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.definition.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Compute;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The workflow's variables: each sees the input, the run, and the variables before it. */
final class Vars {

    private final List<TemplateDraft> drafts = new ArrayList<>();
    private final List<Type> types = new ArrayList<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();

    /** Drafts and checks the variables one after the other. */
    void check(Compilation compilation, BlockDraft body, Place place, Map<String, Template> written) {
        View view = new View(body, null, Moment.BEFORE, false);
        written.forEach((name, template) -> {
            Place at = place.at(name);
            VariableNameRule.workflow(compilation, at, name);
            TemplateDraft draft = TemplateDraft.of(compilation, view, at, template);
            draft.link();
            types.add(draft.required());
            drafts.add(draft);
            numbers.put(name, numbers.size());
        });
    }

    @Nullable
    Integer number(String name) {
        return numbers.get(name);
    }

    Type type(int number) {
        return types.get(number);
    }

    Collection<String> names() {
        return numbers.keySet();
    }

    List<Compute> computes() {
        return drafts.stream().map(TemplateDraft::compute).toList();
    }
}
