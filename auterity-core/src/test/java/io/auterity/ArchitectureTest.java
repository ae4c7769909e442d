package io.auterity;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.auterity.definition.RunId;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ArchitectureTest {

    private static final String ROOT = "io.auterity";
    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CodeSource.of(RunId.class));

    private final Architecture architecture = new Architecture(ROOT);

    @TestFactory
    Stream<DynamicTest> packages_import_only_what_is_allowed() {
        return architecture.allowedImports().map(rule -> holds(rule.getDescription(), rule));
    }

    @TestFactory
    Stream<DynamicTest> structure() {
        return Stream.of(
                holds("packages are free of cycles", architecture.packagesFreeOfCycles()),
                holds("every package has its imports named", architecture.everyPackageHasItsImportsNamed()),
                holds("every package is null-marked", architecture.everyPackageIsNullMarked()),
                holds("only the listed libraries are used", architecture.onlyTheListedLibraries()),
                holds("no name is vague", architecture.noVagueNames()));
    }

    @TestFactory
    Stream<DynamicTest> what_decides_is_an_argument() {
        return Stream.of(
                holds("nobody reads the wall clock", architecture.noWallClock()),
                holds("nobody sleeps", architecture.noSleep()),
                holds("nobody draws randomness of its own", architecture.noHiddenRandomness()),
                holds("only named packages start threads", architecture.onlyNamedPackagesStartThreads()),
                holds("no queue and no pool is unbounded", architecture.noUnboundedQueuesOrPools()),
                holds("no static field is mutable", architecture.noMutableStaticFields()));
    }

    @TestFactory
    Stream<DynamicTest> attack_surface() {
        return Stream.of(
                holds("no Java serialization", architecture.noJavaSerialization()),
                holds("no script engine", architecture.noScriptEngine()),
                holds("no reflection in expressions", architecture.noReflectionInExpressions()),
                holds("no network outside the outbound guard", architecture.noNetworkOutsideTheGuard()),
                holds("no standard streams", architecture.noStandardStreams()));
    }

    private static DynamicTest holds(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(MAIN));
    }
}
