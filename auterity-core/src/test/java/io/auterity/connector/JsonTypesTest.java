package io.auterity.connector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class JsonTypesTest {

    enum Colour {
        RED,
        DARK_BLUE
    }

    @Describe("Somebody's order.")
    record Order(
            @Describe("Which article.") String article,

            @Describe(value = "How many.", minimum = 1, maximum = 99)
            int count,

            Optional<String> note,
            @Nullable String coupon,
            List<Line> lines) {}

    record Line(Colour colour, double price) {}

    record Tree(String name, List<Tree> children) {}

    record Page<T>(List<T> items, Optional<T> next) {}

    record Pages(Page<Line> lines, Page<String> names) {}

    sealed interface Figure {}

    record Circle(double radius) implements Figure {}

    record Box(double width, double height) implements Figure {}

    record Drawing(List<Figure> figures, Map<Colour, Integer> counts) {}

    record Times(Instant at, Duration within, LocalDate day, URI link, UUID id, byte[] bytes) {}

    record Positive(long number) {
        Positive {
            if (number <= 0) {
                throw new IllegalArgumentException("number must be positive");
            }
        }
    }

    public static final class Bean {
        public String name = "";
        public int age;
    }

    private final JsonTypes types = new JsonTypes();

    @Test
    void a_record_becomes_an_object_schema() {
        assertThat(types.schemaOf(Order.class))
                .isEqualTo(json(
                        "type",
                        "object",
                        "description",
                        "Somebody's order.",
                        "properties",
                        json(
                                "article", json("type", "string", "description", "Which article."),
                                "count",
                                        json(
                                                "type",
                                                "integer",
                                                "minimum",
                                                1L,
                                                "maximum",
                                                99L,
                                                "description",
                                                "How many."),
                                "note", json("type", "string"),
                                "coupon", json("type", List.of("string", "null")),
                                "lines",
                                        json(
                                                "type",
                                                "array",
                                                "items",
                                                json(
                                                        "type",
                                                        "object",
                                                        "properties",
                                                        json(
                                                                "colour",
                                                                        json(
                                                                                "type",
                                                                                "string",
                                                                                "enum",
                                                                                List.of("RED", "DARK_BLUE")),
                                                                "price", json("type", "number")),
                                                        "required",
                                                        List.of("colour", "price"),
                                                        "additionalProperties",
                                                        false))),
                        "required",
                        List.of("article", "count", "lines"),
                        "additionalProperties",
                        false));
    }

    @Test
    void a_record_that_holds_itself_is_a_definition() {
        Map<String, Object> schema = types.schemaOf(Tree.class);
        assertThat(schema).extractingByKey("type").isEqualTo("object");
        assertThat(schema.toString()).contains("items={$ref=#/$defs/Tree}").contains("$defs={Tree={type=object");
        Object json = json("name", "root", "children", List.of(json("name", "leaf", "children", List.of())));
        Tree tree = types.read(json, Tree.class);
        assertThat(tree).isEqualTo(new Tree("root", List.of(new Tree("leaf", List.of()))));
        assertThat(types.write(tree)).isEqualTo(json);
    }

    @Test
    void generic_records_take_the_types_they_are_used_with() {
        Pages pages = new Pages(
                new Page<>(List.of(new Line(Colour.RED, 1.5)), Optional.empty()),
                new Page<>(List.of("a"), Optional.of("b")));
        Object json = types.write(pages);
        assertThat(types.read(json, Pages.class)).isEqualTo(pages);
        assertThat(types.schemaOf(Pages.class).toString()).contains("enum=[RED, DARK_BLUE]");
    }

    @Test
    void a_sealed_family_is_told_apart_by_its_type() {
        Drawing drawing = new Drawing(List.of(new Circle(1), new Box(2, 3)), Map.of(Colour.DARK_BLUE, 4));
        Object json = types.write(drawing);
        assertThat(json)
                .isEqualTo(json(
                        "figures",
                                List.of(
                                        json("type", "Circle", "radius", 1.0),
                                        json("type", "Box", "width", 2.0, "height", 3.0)),
                        "counts", json("DARK_BLUE", 4L)));
        assertThat(types.read(json, Drawing.class)).isEqualTo(drawing);
        assertThat(types.schemaOf(Figure.class).toString()).contains("oneOf=").contains("type={const=Circle}");
        assertThatThrownBy(() -> types.read(json("type", "Cirle"), Figure.class))
                .hasMessage("invalid input at /type: 'Cirle' is no choice; use 'Circle' (closest of: Circle, Box)");
    }

    @Test
    void times_and_links_are_texts_in_their_formats() {
        Times times = new Times(
                Instant.parse("2026-01-02T03:04:05Z"),
                Duration.ofSeconds(90),
                LocalDate.of(2026, 1, 2),
                URI.create("https://example.com/a"),
                new UUID(1, 2),
                new byte[] {1, 2, 3});
        Map<?, ?> json = (Map<?, ?>) types.write(times);
        assertThat(json.get("within")).isEqualTo("PT1M30S");
        assertThat(json.get("bytes")).isEqualTo("AQID");
        Times read = types.read(json, Times.class);
        assertThat(types.write(read)).isEqualTo(json);
        assertThat(types.schemaOf(Times.class).toString())
                .contains("format=date-time", "format=duration", "format=uri-reference", "contentEncoding=base64");
    }

    @Test
    void durations_may_be_written_the_short_way() {
        assertThat(types.read("250ms", Duration.class)).isEqualTo(Duration.ofMillis(250));
        assertThat(types.read("3d", Duration.class)).isEqualTo(Duration.ofDays(3));
        assertThat(types.read(Duration.ofDays(3), Duration.class)).isEqualTo(Duration.ofDays(3));
        assertThatThrownBy(() -> types.read("3 days", Duration.class)).hasMessageContaining("250ms, 10s");
    }

    @Test
    void every_problem_is_told_with_its_path_and_the_closest_name_but_never_the_value() {
        Object json = json(
                "artcle",
                "secret-1",
                "count",
                100L,
                "note",
                5L,
                "lines",
                List.of(json("colour", "DARK-BLUE", "price", "secret-2"), json("colour", null, "price", 1.5)));
        assertThatThrownBy(() -> types.read(json, Order.class))
                .isInstanceOfSatisfying(StepException.class, e -> {
                    assertThat(e.code()).isEqualTo("invalid-input");
                    assertThat(e.isRetryable()).isFalse();
                })
                .hasMessage(String.join(
                        "\n",
                        "invalid input, 7 problems:",
                        "  /article: is missing",
                        "  /count: must be at most 99",
                        "  /note: expected a text, found a whole number",
                        "  /lines/0/colour: 'DARK-BLUE' is no choice; use 'DARK_BLUE' (closest of: RED, DARK_BLUE)",
                        "  /lines/0/price: expected a number, found a text",
                        "  /lines/1/colour: must not be null",
                        "  /artcle: is unknown; use 'article' (closest of: article, count, note, coupon, lines)"));
    }

    @Test
    void whole_numbers_may_come_as_reals_but_nothing_is_rounded() {
        assertThat(types.read(3.0, Integer.class)).isEqualTo(3);
        assertThatThrownBy(() -> types.read(3.5, Integer.class)).hasMessageContaining("expected a whole number");
        assertThatThrownBy(() -> types.read(1L << 40, Integer.class)).hasMessageContaining("2147483647");
        assertThat(types.read(3L, Double.class)).isEqualTo(3.0);
        assertThat(types.read(3L, BigDecimal.class)).isEqualTo(new BigDecimal(3));
    }

    @Test
    void what_a_constructor_refuses_is_a_problem_of_the_input() {
        assertThatThrownBy(() -> types.read(json("number", -1L), Positive.class))
                .isInstanceOf(StepException.class)
                .hasMessage("invalid input at /: number must be positive");
    }

    @Test
    void optional_parts_may_be_missing_and_are_left_out() {
        Order order = types.read(json("article", "a", "count", 1L, "lines", List.of()), Order.class);
        assertThat(order).isEqualTo(new Order("a", 1, Optional.empty(), null, List.of()));
        assertThat(types.write(order)).isEqualTo(json("article", "a", "count", 1L, "coupon", null, "lines", List.of()));
    }

    @Test
    void other_classes_go_through_jackson() {
        Bean bean = types.read(json("name", "Ann", "age", 7L), Bean.class);
        assertThat(bean.age).isEqualTo(7);
        assertThat(types.write(bean)).isEqualTo(json("name", "Ann", "age", 7L));
        assertThatThrownBy(() -> types.read(json("name", List.of()), Bean.class))
                .isInstanceOf(StepException.class);
        assertThat(types.schemaOf(Bean.class)).isEmpty();
    }

    @Test
    void what_is_written_is_a_copy_in_the_normal_form() {
        List<Object> list = new ArrayList<>(Arrays.asList(1, (short) 2, 1.5f, null, Set.of("x"), new int[] {1, 2}));
        Object json = types.write(list);
        list.clear();
        assertThat(json).isEqualTo(Arrays.asList(1L, 2L, 1.5, null, List.of("x"), List.of(1L, 2L)));
        assertThatThrownBy(() -> ((List<?>) json).clear()).isInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void what_cannot_be_json_is_refused() {
        assertThatThrownBy(() -> types.write(Double.NaN)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> types.write(Map.of(1, 2))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> types.write(new Object())).isInstanceOf(IllegalArgumentException.class);
        record Odd(Map<Integer, String> map) {}
        assertThatThrownBy(() -> types.schemaOf(Odd.class)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property(tries = 300, seed = "20261122")
    void reading_what_was_written_gives_the_same_value(@ForAll("orders") Order order) {
        assertThat(types.read(types.write(order), Order.class)).isEqualTo(order);
    }

    @Provide
    Arbitrary<Order> orders() {
        Arbitrary<String> texts = Arbitraries.strings().ofMaxLength(10);
        Arbitrary<Line> lines = Combinators.combine(Arbitraries.of(Colour.class), Arbitraries.doubles())
                .as(Line::new);
        return Combinators.combine(
                        texts,
                        Arbitraries.integers().between(1, 99),
                        texts.optional(),
                        texts.injectNull(0.3),
                        lines.list().ofMaxSize(4))
                .as(Order::new);
    }

    private static Map<String, Object> json(Object... keysAndValues) {
        Map<String, Object> object = new LinkedHashMap<>();
        for (int i = 0; i < keysAndValues.length; i += 2) {
            object.put((String) keysAndValues[i], keysAndValues[i + 1]);
        }
        return object;
    }
}
