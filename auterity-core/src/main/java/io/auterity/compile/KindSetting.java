package io.auterity.compile;

import io.auterity.definition.Block;
import io.auterity.definition.Template;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where a kind stands.
 *
 * @param compilation what is shared by the whole compilation
 * @param view from where its templates look
 * @param place its place in the definition
 * @param path the names of the enclosing steps and its own, joined by {@code /}, as in {@code safe.catch/tell}
 */
record KindSetting(Compilation compilation, View view, Place place, String path) {

    /** Whether just one step can stand here, so that several take a block: a branch of a race, a fallback, an undo. */
    boolean isAlone() {
        return view.moment() != View.Moment.RUN || view.block().role() == BlockDraft.Role.RACE;
    }

    TemplateDraft template(String key, Template template) {
        return TemplateDraft.of(compilation, view, place.at(key), template);
    }

    TemplateDraft inputs(Map<String, Template> with) {
        return TemplateDraft.inputs(compilation, view, place.at("with"), with);
    }

    TemplateDraft secretInputs(Map<String, Template> with) {
        return TemplateDraft.inputs(compilation, view.withSecrets(), place.at("with"), with);
    }

    Condition condition(String key, String source) {
        return new Condition(compilation, view, place.at(key), source);
    }

    BlockDraft block(BlockDraft.Role role, Place at, Block block, @Nullable String variable) {
        BlockDraft.Setting setting = new BlockDraft.Setting(role, at, path + role.suffix(), view, variable);
        return new BlockDraft(compilation, setting, block.steps(), block.output());
    }

    void problem(Code code, String what, String fix) {
        compilation.problems().add(code, place, what, fix);
    }

    void problem(Code code, String key, String what, String fix) {
        compilation.problems().add(code, place.at(key), what, fix);
    }
}
