package io.auterity.relay;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.auterity.relay.money.Money;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Path;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class RelayArchitectureTest {

    private static final JavaClasses MAIN = new ClassFileImporter()
            .importPath(Path.of(URI.create(Money.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toString())));

    @TestFactory
    Stream<DynamicTest> the_rules() {
        return Stream.of(
                rule(
                        "packages are free of cycles",
                        slices().matching("io.auterity.relay.(**)").should().beFreeOfCycles()),
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
                        "nobody reads the wall clock or sleeps",
                        noClasses()
                                .should()
                                .callMethodWhere(describe(
                                        "reads the wall clock or sleeps",
                                        call -> (call.getName().matches("now|systemUTC|system")
                                                        && call.getTargetOwner()
                                                                .getPackageName()
                                                                .equals("java.time"))
                                                || call.getName().matches("currentTimeMillis|sleep")))),
                rule(
                        "nobody draws randomness of its own",
                        noClasses()
                                .should()
                                .callConstructorWhere(describe(
                                        "makes a Random without a seed",
                                        call -> call.getTargetOwner().isEquivalentTo(Random.class)
                                                && call.getTarget()
                                                        .getRawParameterTypes()
                                                        .isEmpty()))
                                .orShould()
                                .callMethod(Math.class, "random")),
                rule(
                        "no static field is mutable",
                        fields().that().areStatic().should().beFinal()),
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
                        "no Java serialization and no script engine",
                        noClasses()
                                .should()
                                .dependOnClassesThat()
                                .haveNameMatching("java\\.io\\.Object(In|Out)putStream|javax\\.script\\..*")),
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
                                        .importPath(Path.of(URI.create(RelayArchitectureTest.class
                                                .getProtectionDomain()
                                                .getCodeSource()
                                                .getLocation()
                                                .toString()))))),
                rule("no name is vague", noClasses().should().haveNameMatching(".*(Util|Utils|Helper|Manager|Impl)")));
    }

    private static DynamicTest rule(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(MAIN));
    }
}
