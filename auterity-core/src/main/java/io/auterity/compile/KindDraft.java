package io.auterity.compile;

import io.auterity.definition.StepKind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;

/** What a step does, on its way to a body: one implementation a kind. */
interface KindDraft {

    /** Notes what the kind reads, blocks nested in it included. */
    void link();

    /** Checks the kind and returns the type of its output. */
    Type check();

    /** Makes the body; called only when the whole definition has no problem. */
    Body body();

    /** Whether it fails whenever it runs; known after {@link #check()}. */
    default boolean alwaysFails() {
        return false;
    }

    /**
     * Drafts a kind.
     *
     * @param view from where its templates look
     * @param place where it stands
     * @param path the names of the enclosing steps and its own, joined by {@code /}
     */
    static KindDraft of(Compilation compilation, View view, Place place, String path, StepKind kind) {
        KindSetting setting = new KindSetting(compilation, view, place, path);
        if (kind instanceof StepKind.Uses uses) {
            return new UsesDraft(setting, uses);
        }
        if (kind instanceof StepKind.Value value) {
            return new ValueDraft(setting, value);
        }
        if (kind instanceof StepKind.Switch choice) {
            return new SwitchDraft(setting, choice);
        }
        if (kind instanceof StepKind.ForEach loop) {
            return new ForEachDraft(setting, loop);
        }
        if (kind instanceof StepKind.Repeat repeat) {
            return new RepeatDraft(setting, repeat);
        }
        if (kind instanceof StepKind.Race race) {
            return new RaceDraft(setting, race);
        }
        if (kind instanceof StepKind.Try attempt) {
            return new TryDraft(setting, attempt);
        }
        if (kind instanceof StepKind.Run run) {
            return new RunDraft(setting, run);
        }
        if (kind instanceof StepKind.Wait pause) {
            return new WaitDraft(setting, pause);
        }
        if (kind instanceof StepKind.Await await) {
            return new AwaitDraft(setting, await);
        }
        if (kind instanceof StepKind.Approve approve) {
            return new ApproveDraft(setting, approve);
        }
        if (kind instanceof StepKind.Emit emit) {
            return new EmitDraft(setting, emit);
        }
        if (kind instanceof StepKind.Fail fail) {
            return new FailDraft(setting, fail);
        }
        return new JavaDraft(setting, (StepKind.Java) kind);
    }
}
