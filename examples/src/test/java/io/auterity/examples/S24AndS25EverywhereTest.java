package io.auterity.examples;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import io.auterity.Engine;
import io.auterity.connector.http.HttpConnector;
import io.auterity.connector.jdbc.JdbcJournal;
import io.auterity.connector.minilm.MiniLm;
import io.auterity.relay.Relay;
import io.auterity.server.Main;
import java.net.URL;
import java.util.List;
import org.junit.jupiter.api.Test;

/** S24 and S25 in everything that an application may have of us: no XML, no Java objects made of data, no types named by it. */
class S24AndS25EverywhereTest {

    private static final List<Class<?>> ONE_OF_EACH =
            List.of(Engine.class, HttpConnector.class, Relay.class, JdbcJournal.class, MiniLm.class, Main.class);

    private static final JavaClasses MAIN = new ClassFileImporter()
            .importUrls(ONE_OF_EACH.stream()
                    .<URL>map(type -> type.getProtectionDomain().getCodeSource().getLocation())
                    .toList());

    /** The program's jar has the libraries, too. */
    private static final JavaClasses OURS =
            MAIN.that(describe("are ours", type -> type.getPackageName().startsWith("io.auterity")));

    @Test
    void all_modules_are_looked_at() {
        assertThat(ONE_OF_EACH).allMatch(type -> OURS.contain(type.getName()));
    }

    private static final ArchRule NO_XML_AND_NO_JAVA_OBJECTS = noClasses()
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "javax.xml..",
                    "org.xml..",
                    "org.w3c.dom..",
                    "org.jdom2..",
                    "org.dom4j..",
                    "java.beans..",
                    "java.rmi..",
                    "javax.naming..",
                    "javax.script..",
                    "org.yaml.snakeyaml..")
            .orShould()
            .dependOnClassesThat()
            .haveNameMatching("java\\.io\\.Object(In|Out)putStream");

    private static final ArchRule NO_TYPES_FROM_DATA = noClasses()
            .should()
            .callMethodWhere(describe(
                    "turns polymorphic typing on",
                    call -> call.getName()
                            .matches("activateDefaultTyping.*|enableDefaultTyping|polymorphicTypeValidator")));

    @Test
    void nothing_of_ours_touches_xml_or_makes_objects_of_what_names_their_class() {
        NO_XML_AND_NO_JAVA_OBJECTS.check(OURS);
    }

    @Test
    void jackson_is_never_told_to_take_types_from_data() {
        NO_TYPES_FROM_DATA.check(OURS);
    }

    @Test
    void the_rules_find_what_they_are_for() {
        assertThat(isBroken(NO_XML_AND_NO_JAVA_OBJECTS, ReadsXml.class)).isTrue();
        assertThat(isBroken(NO_XML_AND_NO_JAVA_OBJECTS, ReadsObjects.class)).isTrue();
        assertThat(isBroken(NO_TYPES_FROM_DATA, TrustsTypes.class)).isTrue();
    }

    private static boolean isBroken(ArchRule rule, Class<?> by) {
        return rule.evaluate(new ClassFileImporter().importClasses(by)).hasViolation();
    }

    /** Breaks a rule, and so do the two below. */
    private record ReadsXml(org.w3c.dom.Document document) {}

    private record ReadsObjects(java.io.ObjectInputStream stream) {}

    private interface TrustsTypes {
        void activateDefaultTyping();

        default void read() {
            activateDefaultTyping();
        }
    }
}
