package io.auterity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.methods;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.auterity.broken.Lucky;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import org.junit.jupiter.api.Test;

/** A build fails by a change, not by bad luck: properties have fixed seeds, but for those of the nightly build. */
class RepeatableTest {

    private static final ArchRule RULE = methods()
            .that()
            .areAnnotatedWith(Property.class)
            .should()
            .beAnnotatedWith(describe(
                    "a @Property with a seed, or @Tag(\"nightly\")",
                    annotation -> annotation.getRawType().isEquivalentTo(Property.class)
                                    && annotation
                                            .get("seed")
                                            .filter(seed -> !seed.equals(Property.SEED_NOT_SET))
                                            .isPresent()
                            || annotation.getRawType().isEquivalentTo(Tag.class)
                                    && annotation
                                            .get("value")
                                            .filter("nightly"::equals)
                                            .isPresent()));

    @Test
    void properties_of_the_ordinary_build_draw_the_same_samples_every_time() {
        RULE.check(new ClassFileImporter()
                .withImportOption(location -> !location.contains("/broken/"))
                .importPath(CodeSource.of(RepeatableTest.class)));
    }

    @Test
    void one_without_a_seed_is_found() {
        assertThat(RULE.evaluate(new ClassFileImporter().importClasses(Lucky.class))
                        .getFailureReport()
                        .getDetails())
                .singleElement()
                .asString()
                .contains("without_a_seed");
    }
}
