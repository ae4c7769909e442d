package io.auterity.compile;

import io.auterity.definition.Durations;
import io.auterity.definition.StepKind;
import io.auterity.expression.Kind;
import io.auterity.expression.Type;
import io.auterity.plan.Body;
import io.auterity.plan.Compute;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pause: for a duration or up to a timestamp. */
final class WaitDraft implements KindDraft {

    private static final String FIX =
            "write a duration as in 10m, a timestamp as in 2030-01-31T09:00:00Z, " + "or an expression that makes one";

    private final KindSetting setting;
    private final TemplateDraft time;
    private @Nullable Object constant;

    WaitDraft(KindSetting setting, StepKind.Wait kind) {
        this.setting = setting;
        this.time = setting.template("wait", kind.time());
    }

    @Override
    public void link() {
        time.link();
    }

    @Override
    public Type check() {
        Type type = time.required();
        if (time instanceof TemplateDraft.Fixed fixed) {
            constant = fixed.value() instanceof String text ? parse(text) : null;
            if (constant == null) {
                setting.problem(Code.TIME, "wait", "waits for " + shown(fixed.value()) + ", which is no time", FIX);
            }
        } else if (!time.isBroken() && !isTime(type)) {
            setting.problem(Code.TIME, "wait", "waits for a time, but this is " + type, FIX);
        }
        return Type.NULL;
    }

    private static String shown(@Nullable Object value) {
        return value instanceof String text ? "'" + text + "'" : String.valueOf(value);
    }

    private static @Nullable Object parse(String text) {
        Optional<Duration> duration = Durations.parse(text);
        if (duration.isPresent()) {
            return duration.get();
        }
        try {
            return OffsetDateTime.parse(text).toInstant();
        } catch (DateTimeException e) {
            return null; // the caller reports that the text is no time
        }
    }

    private static boolean isTime(Type type) {
        for (Type alternative : type.alternatives()) {
            boolean time = alternative instanceof Type.Any
                    || (alternative instanceof Type.Scalar scalar
                            && (scalar.kind() == Kind.DURATION
                                    || scalar.kind() == Kind.TIMESTAMP
                                    || scalar.kind() == Kind.STRING));
            if (!time) {
                return false;
            }
        }
        return true;
    }

    @Override
    public Body body() {
        return new Body.Wait(constant != null ? Compute.constant(constant) : time.compute());
    }
}
