package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.JsonTypes;
import io.auterity.connector.StepException;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Json;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** S25: data never names the class it becomes. */
class S25NoDeserializationTest {

    /** Its constructor must never run. */
    public static final class Gadget {
        static final AtomicInteger MADE = new AtomicInteger();

        public Gadget() {
            MADE.incrementAndGet();
        }
    }

    public static final class Holder {
        public Object any;
        public String name = "";
    }

    @Test
    void type_marks_in_json_stay_data() {
        String name = Gadget.class.getName();
        JsonTypes types = new JsonTypes();
        for (String json : List.of(
                "{\"any\":[\"" + name + "\",{}]}",
                "{\"any\":{\"@class\":\"" + name + "\"}}",
                "{\"any\":{\"@type\":\"" + name + "\"}}")) {
            Holder holder = types.read(Json.read(json), Holder.class);
            assertThat(holder.any).isInstanceOfAny(Map.class, List.class);
            assertThat(types.read(Json.read(json), Map.class)).isEqualTo(Json.read(json));
        }
        assertThatThrownBy(() -> types.read(Json.read("{\"@class\":\"" + name + "\",\"name\":\"x\"}"), Holder.class))
                .isInstanceOf(StepException.class);
        assertThat(Gadget.MADE.get()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "!!javax.script.ScriptEngineManager [!!java.net.URLClassLoader [[!!java.net.URL"
                        + " [\"http://127.0.0.1:1/\"]]]]",
                "!!io.auterity.S25NoDeserializationTest$Gadget {}",
                "!<tag:yaml.org,2002:io.auterity.S25NoDeserializationTest$Gadget> {}",
                "!java/object:io.auterity.S25NoDeserializationTest$Gadget {}"
            })
    void tags_in_yaml_make_nothing(String value) {
        String text = "auterity: 1\nid: a\nsteps:\n  s:\n    value: " + value + "\n";
        assertThatThrownBy(() -> new DefinitionReader().read(text)).isInstanceOf(DefinitionException.class);
        assertThat(Gadget.MADE.get()).isZero();
    }
}
