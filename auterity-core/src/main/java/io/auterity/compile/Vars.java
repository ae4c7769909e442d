package io.auterity.compile;

import io.auterity.compile.View.Moment;
import io.auterity.definition.Template;
import io.auterity.expression.Type;
import io.auterity.plan.Compute;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The workflow's variables: each sees the input, the run, and the other variables. They are numbered and computed in an
 * order in which each comes after those it reads, whatever the order they are written in.
 */
final class Vars {

    private static final String PREFIX = "vars.";

    private final List<TemplateDraft> drafts = new ArrayList<>();
    private final List<Type> types = new ArrayList<>();
    private final Map<String, Integer> numbers = new LinkedHashMap<>();
    private Collection<String> names = List.of();

    /** Drafts and checks the variables, each after those it reads. */
    void check(Compilation compilation, BlockDraft body, Place place, Map<String, Template> written) {
        View view = new View(body, null, Moment.BEFORE, false);
        names = written.keySet();
        names.forEach(name -> VariableNameRule.workflow(compilation, place.at(name), name));
        for (Map.Entry<String, Template> variable : inOrder(compilation, view, place, written)) {
            String name = variable.getKey();
            TemplateDraft draft = TemplateDraft.of(compilation, view, place.at(name), variable.getValue());
            draft.link();
            add(name, draft.required());
            drafts.add(draft);
        }
        names.stream().filter(name -> !numbers.containsKey(name)).forEach(name -> add(name, Type.ANY)); // reported
    }

    private void add(String name, Type type) {
        numbers.put(name, numbers.size());
        types.add(type);
    }

    private static List<Map.Entry<String, Template>> inOrder(
            Compilation compilation, View view, Place place, Map<String, Template> written) {
        List<Map.Entry<String, Template>> all = List.copyOf(written.entrySet());
        int[][] readers = readers(view, all);
        for (int[] cycle : Cycles.find(readers)) {
            compilation
                    .problems()
                    .add(
                            Code.CYCLE,
                            place,
                            "variables read each other in a circle: "
                                    + CycleRule.path(
                                            cycle, variable -> all.get(variable).getKey()),
                            "compute one of them from something else");
        }
        return Arrays.stream(CycleRule.topological(readers)).mapToObj(all::get).toList();
    }

    /** For each variable those that read it. */
    private static int[][] readers(View view, List<Map.Entry<String, Template>> all) {
        Map<String, Integer> places = new LinkedHashMap<>();
        all.forEach(variable -> places.put(variable.getKey(), places.size()));
        List<Ints> readers = new ArrayList<>();
        all.forEach(variable -> readers.add(new Ints()));
        for (int reader = 0; reader < all.size(); reader++) {
            Set<String> reads = new LinkedHashSet<>();
            reads(view, all.get(reader).getValue().json(), reads);
            for (String read : reads) {
                Integer place = places.get(read);
                if (place != null) {
                    readers.get(place).add(reader);
                }
            }
        }
        return readers.stream().map(Ints::distinct).toArray(int[][]::new);
    }

    private static void reads(View view, @Nullable Object json, Set<String> reads) {
        if (json instanceof String text && text.contains("${{")) {
            for (String path : Reads.of(view, text, true)) {
                if (path.startsWith(PREFIX)) {
                    reads.add(path.substring(PREFIX.length()).split("\\.", 2)[0]);
                }
            }
        } else if (json instanceof Collection<?> list) {
            list.forEach(item -> reads(view, item, reads));
        } else if (json instanceof Map<?, ?> object) {
            object.values().forEach(item -> reads(view, item, reads));
        }
    }

    @Nullable
    Integer number(String name) {
        return numbers.get(name);
    }

    Type type(int number) {
        return types.get(number);
    }

    Collection<String> names() {
        return names;
    }

    List<Compute> computes() {
        return drafts.stream().map(TemplateDraft::compute).toList();
    }
}
