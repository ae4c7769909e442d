package io.auterity.relay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.auterity.CodeRules;
import io.auterity.CodeSource;
import io.auterity.relay.money.Money;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class RelayArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CodeSource.of(Money.class));

    private static final String ROOT = "io.auterity.relay";

    private static final CodeRules RULES = CodeRules.of(ROOT)
            .withQueuesIn(
                    ROOT + ".HedgedCall", // a piece and an end of each of two calls
                    ROOT + ".quality.Neighbours"); // a place for each search under way

    /** Who may import whom, besides itself. The facade, {@code ROOT} or an empty name, may import all. */
    private static final Map<String, List<String>> IMPORTS = new TreeMap<>(Map.ofEntries(
            Map.entry("money", List.of()),
            Map.entry("budget", List.of("money")),
            Map.entry("usage", List.of("money")),
            Map.entry("quality", List.of("money")),
            Map.entry("rules", List.of("money")),
            Map.entry("decide", List.of("budget", "money", "quality", "rules")),
            Map.entry("provider", List.of("decide", "money", "usage")),
            Map.entry("prompt", List.of("provider")),
            Map.entry("redact", List.of("money", "provider")),
            Map.entry("tokens", List.of("decide", "money", "provider")),
            Map.entry("event", List.of("budget", "decide", "money", "provider")),
            Map.entry("telemetry", List.of("budget", "decide", "event", "money", "provider", "rules")),
            Map.entry("operation", List.of("", "budget", "decide", "money", "prompt", "provider")),
            Map.entry("replay", List.of("", "budget", "decide", "event", "money", "provider", "quality", "rules"))));

    @TestFactory
    Stream<DynamicTest> what_holds_in_every_module() {
        return RULES.tests(MAIN);
    }

    @Test
    void only_the_listed_packages_are_used() {
        RULES.libraries(
                        "io.auterity.connector",
                        "io.auterity.definition",
                        "io.auterity.expression",
                        "io.auterity.regex",
                        "com.github.benmanes.caffeine..",
                        "com.google.re2j..",
                        "com.knuddels.jtokkit..",
                        "io.github.resilience4j..",
                        "io.opentelemetry..",
                        "okhttp3..",
                        "okio..",
                        "kotlin..",
                        "org.jspecify.annotations..",
                        "org.slf4j..",
                        "org.snakeyaml.engine.v2..")
                .check(MAIN);
    }

    @TestFactory
    Stream<DynamicTest> packages_import_only_what_is_allowed() {
        return Stream.concat(
                Stream.of(rule("every package has its imports named", RULES.packages(IMPORTS.keySet()))),
                RULES.imports(IMPORTS).map(rule -> rule(rule.getDescription(), rule)));
    }

    @TestFactory
    Stream<DynamicTest> the_rules() {
        return Stream.of(
                rule(
                        "money is no floating-point number",
                        noFields()
                                .that()
                                .areDeclaredInClassesThat()
                                .resideInAnyPackage("..money..", "..budget..", "..usage..")
                                .should()
                                .haveRawType(double.class)
                                .orShould()
                                .haveRawType(float.class)
                                .orShould()
                                .haveRawType(Double.class)),
                rule(
                        "money is not computed in floating point",
                        noClasses()
                                .that()
                                .resideInAnyPackage("..money..", "..budget..")
                                .should()
                                .callMethodWhere(describe(
                                        "returns a double",
                                        call -> call.getTarget()
                                                .getRawReturnType()
                                                .isEquivalentTo(double.class)))),
                rule(
                        "no sockets but those of the outbound guard",
                        noClasses()
                                .should()
                                .callConstructorWhere(describe(
                                        "makes a socket",
                                        call -> call.getTargetOwner().isAssignableTo(Socket.class)))
                                .orShould()
                                .dependOnClassesThat()
                                .resideInAnyPackage("java.net.http..", "java.nio.channels..")),
                rule(
                        "OpenTelemetry is optional: only its own package needs it",
                        noClasses()
                                .that()
                                .resideOutsideOfPackage("..telemetry..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAnyPackage("io.opentelemetry..", "..relay.telemetry..")),
                rule(
                        "regular expressions of strangers are linear",
                        noClasses()
                                .that()
                                .resideInAPackage("..rules..")
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage("java.util.regex..")
                                .allowEmptyShould(true)),
                DynamicTest.dynamicTest(
                        "properties draw the same samples in every build",
                        () -> methods()
                                .that()
                                .areAnnotatedWith(Property.class)
                                .should()
                                .beAnnotatedWith(describe(
                                        "a @Property with a seed",
                                        annotation -> annotation.getRawType().isEquivalentTo(Property.class)
                                                && annotation
                                                        .get("seed")
                                                        .filter(seed -> !seed.equals(Property.SEED_NOT_SET))
                                                        .isPresent()))
                                .check(new ClassFileImporter()
                                        .importPath(CodeSource.of(RelayArchitectureTest.class)))));
    }

    private static DynamicTest rule(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(MAIN));
    }
}
