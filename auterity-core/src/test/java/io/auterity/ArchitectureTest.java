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
    Stream<DynamicTest> what_holds_in_every_module() {
        return architecture.rules().tests(MAIN);
    }

    @TestFactory
    Stream<DynamicTest> what_holds_in_the_core() {
        return Stream.of(
                holds("every package has its imports named", architecture.everyPackageHasItsImportsNamed()),
                holds("only the listed libraries are used", architecture.onlyTheListedLibraries()),
                holds("no reflection in expressions", architecture.noReflectionInExpressions()),
                holds("no network outside the outbound guard", architecture.noNetworkOutsideTheGuard()));
    }

    private static DynamicTest holds(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(MAIN));
    }
}
