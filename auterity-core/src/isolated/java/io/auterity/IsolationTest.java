package io.auterity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import org.junit.jupiter.api.Test;

/**
 * Jazzer and Lincheck rewrite the classes of the JVM they run in. The build gives each test class that uses them a JVM
 * of its own; it finds them by name and by tag.
 */
class IsolationTest {

    private static final ArchRule RULE = classes()
            .that(describe(
                    "use Jazzer or Lincheck",
                    type -> type.getDirectDependenciesFromSelf().stream()
                            .map(dependency -> dependency.getTargetClass().getPackageName())
                            .anyMatch(name -> name.startsWith("com.code_intelligence.jazzer")
                                    || name.startsWith("org.jetbrains.lincheck"))))
            .and()
            .areTopLevelClasses()
            .should()
            .haveNameMatching(".*(Fuzz|Lincheck)Test")
            .andShould()
            .beAnnotatedWith(describe(
                    "@Tag(\"isolated\")",
                    annotation -> annotation.getRawType().getName().equals("org.junit.jupiter.api.Tag")
                            && annotation
                                    .get("value")
                                    .filter("isolated"::equals)
                                    .isPresent()));

    @Test
    void tests_that_rewrite_classes_are_isolated() {
        RULE.check(new ClassFileImporter()
                .withImportOption(location -> !location.contains("/broken/"))
                .importPath(CodeSource.of(IsolationTest.class)));
    }

    @Test
    void one_that_is_not_is_found() {
        assertThat(RULE.evaluate(new ClassFileImporter().importPackages("io.auterity.broken"))
                        .getFailureReport()
                        .getDetails())
                .anyMatch(line -> line.contains("Fuzzes"));
    }
}
