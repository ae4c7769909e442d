package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An expression knows what it reads, and names are looked up and not listed. */
class ReadsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "1 + 1                                                  |                                     |",
                "input.email                                            | input.email                         | 0",
                "input['email']                                         | input.email                         | 0",
                "input                                                  | input                               | 0",
                "input.tags[0]                                          | input.tags                          | 0",
                "input.tags[input.visits]                               | input.tags;input.visits             | 0",
                "input.address.city + input.address.street              | input.address.city;input.address.street | 0",
                "input.tags.map(input, input + '')                      | input.tags                          | 0",
                "has(input.phone)                                       | input.phone                         | 0",
                "input.?address.?city.orValue('')                       | input.address.city                  | 0",
                "steps.score.output > 1.0 ? secrets.crm : ''            | steps.score.output;secrets.crm      | 1;6",
                "steps.charge-card.output.id                            | steps.charge-card.output.id         | 4",
                "anything.a.b['c'].d                                    | anything.a.b.c.d                    | 5",
                "anything[input.email].b                                | anything;input.email                | 5;0",
                "coalesce(steps.call.output.sid, input.email)           | steps.call.output.sid;input.email   | 3;0",
                "false && input.visits > 0                              | input.visits                        | 0",
            })
    void names_paths_and_slots(String source, String paths, String slots) {
        Expression expression = Expression.compile(source, Sample.ENVIRONMENT);
        assertThat(expression.reads()).containsExactly(split(paths));
        assertThat(expression.slots().stream().map(String::valueOf)).containsExactly(split(slots));
    }

    private static String[] split(String list) {
        return list == null ? new String[0] : list.split(";");
    }

    @Test
    void the_longest_declared_prefix_is_the_variable() {
        Environment environment = Environment.builder()
                .variable("a", 0, Type.ANY)
                .variable("a.b.c", 1, Type.INTEGER)
                .build();
        assertThat(Expression.compile("a.b.c", environment).slots()).containsExactly(1);
        assertThat(Expression.compile("a.b.d", environment).slots()).containsExactly(0);
        assertThat(Expression.compile("a['b'].c", environment).slots()).containsExactly(1);
    }

    @Test
    void an_inner_environment_hides_its_parent() {
        Environment outer = Environment.builder()
                .variable("item", 0, Type.STRING)
                .variable("run.id", 1, Type.STRING)
                .build();
        Environment inner = outer.extend().variable("item", 2, Type.INTEGER).build();
        assertThat(Expression.compile("item", inner).type()).isEqualTo(Type.INTEGER);
        assertThat(Expression.compile("run.id", inner).slots()).containsExactly(1);
        assertThat(Expression.compile("item", outer).type()).isEqualTo(Type.STRING);
        assertThat(inner.names("")).containsExactly("item", "run");
        assertThat(inner.names("run")).containsExactly("id");
    }

    /** Ten thousand steps, none of which is ever listed. */
    private static final class Steps implements Environment.Resolver {
        private int lookups;

        @Override
        public Optional<Environment.Variable> resolve(String name) {
            lookups++;
            if (!name.startsWith("steps.s") || !name.endsWith(".output")) {
                return Optional.empty();
            }
            int number = Integer.parseInt(name.substring(7, name.length() - 7));
            return number < 10_000 ? Optional.of(new Environment.Variable(number, Type.INTEGER)) : Optional.empty();
        }

        @Override
        public Collection<String> names(String prefix) {
            throw new AssertionError("the names are for messages only");
        }
    }

    @Test
    void compiling_among_ten_thousand_steps_looks_names_up_and_never_lists_them() {
        Steps steps = new Steps();
        Environment environment = Environment.of(steps)
                .extend()
                .variable("index", 10_000, Type.INTEGER)
                .build();
        for (int i = 1; i < 10_000; i++) {
            String source = "steps.s" + i + ".output + steps.s" + (i - 1) + ".output * index";
            assertThat(Expression.compile(source, environment).slots()).isEqualTo(Set.of(i, i - 1, 10_000));
        }
        assertThat(steps.lookups).isEqualTo(9_999 * 2);
    }

    @Test
    void an_environment_from_a_function_answers_for_its_children() {
        Environment environment = Environment.of(new Steps()).child(new Environment.Resolver() {
            @Override
            public Optional<Environment.Variable> resolve(String name) {
                return name.equals("contact")
                        ? Optional.of(new Environment.Variable(20_000, Type.STRING))
                        : Optional.empty();
            }

            @Override
            public Collection<String> names(String prefix) {
                return List.of();
            }
        });
        assertThat(Expression.compile("contact.size() + steps.s7.output", environment)
                        .slots())
                .containsExactly(20_000, 7);
    }
}
