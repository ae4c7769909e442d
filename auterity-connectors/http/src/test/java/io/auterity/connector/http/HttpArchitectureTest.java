package io.auterity.connector.http;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static io.auterity.connector.http.HttpKit.json;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.auterity.CodeRules;
import io.auterity.CodeSource;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLConnection;
import java.util.stream.Stream;
import mockwebserver3.MockResponse;
import mockwebserver3.MockWebServer;
import okhttp3.OkHttpClient;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

class HttpArchitectureTest {

    private static final String ROOT = "io.auterity.connector.http";

    private static final CodeRules RULES =
            CodeRules.of(ROOT).withThreadsIn(ROOT + ".HttpRequests"); // the client's, which its dispatcher bounds

    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CodeSource.of(HttpConnector.class));

    @TestFactory
    Stream<DynamicTest> what_holds_in_every_module() {
        return RULES.tests(MAIN);
    }

    @Test
    void only_the_listed_packages_are_used() {
        RULES.libraries(
                        "io.auterity.connector",
                        "io.auterity.definition",
                        "javax.net..",
                        "okhttp3..",
                        "okio..",
                        "kotlin..",
                        "org.jspecify.annotations..")
                .check(MAIN);
    }

    /** S44: one place makes the client, with the guard's sockets in it. */
    @Test
    void only_one_class_makes_clients_and_nobody_makes_sockets() {
        noClasses()
                .that(describe(
                        "are not HttpRequests", type -> !type.getName().startsWith(HttpRequests.class.getName())))
                .should()
                .callConstructorWhere(describe(
                        "makes a client",
                        call -> call.getTargetOwner().isAssignableTo(OkHttpClient.Builder.class)
                                || call.getTargetOwner().isAssignableTo(OkHttpClient.class)))
                .check(MAIN);
        noClasses()
                .should()
                .callConstructorWhere(describe(
                        "makes a socket",
                        call -> Stream.of(Socket.class, ServerSocket.class, DatagramSocket.class, URLConnection.class)
                                .anyMatch(call.getTargetOwner()::isAssignableTo)))
                .orShould()
                .callMethodWhere(describe(
                        "opens a connection or resolves a name",
                        call -> call.getName()
                                .matches("openConnection|openStream|getByName|getAllByName|getLocalHost")))
                .orShould()
                .dependOnClassesThat()
                .resideInAnyPackage("java.net.http..", "java.nio.channels..")
                .check(MAIN);
    }

    /** S24: XML from outside is a text, and what it refers to is not fetched. */
    @Test
    void an_xml_answer_is_a_text() throws Exception {
        MockWebServer server = new MockWebServer();
        try (Canary canary = new Canary(HttpKit.loopback(), 0, "canary");
                HttpKit http = HttpKit.local()) {
            server.start(HttpKit.loopback(), 0);
            String xml = "<!DOCTYPE a [<!ENTITY e SYSTEM \"http://127.0.0.1:" + canary.port() + "/\">]><a>&e;</a>";
            server.enqueue(new MockResponse.Builder()
                    .addHeader("Content-Type", "application/xml")
                    .body(xml)
                    .build());
            assertThat(http.send(json("url", "http://127.0.0.1:" + server.getPort() + "/"))
                            .get("body"))
                    .isEqualTo(xml);
            assertThat(canary.connections()).isZero();
        } finally {
            HttpKit.close(server);
        }
    }
}
