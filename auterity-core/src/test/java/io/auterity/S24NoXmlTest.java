package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.auterity.connector.JsonTypes;
import io.auterity.definition.DefinitionException;
import io.auterity.definition.DefinitionReader;
import io.auterity.definition.Json;
import io.auterity.definition.JsonException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import org.junit.jupiter.api.Test;

/** S24: there is no XML parser to attack; XML is a text like any other. */
class S24NoXmlTest {

    @Test
    void xml_with_external_entities_is_refused_or_kept_and_nobody_calls_out() throws Exception {
        try (ServerSocket canary = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"))) {
            canary.setSoTimeout(200);
            String xml = "<?xml version=\"1.0\"?><!DOCTYPE a SYSTEM \"http://127.0.0.1:" + canary.getLocalPort()
                    + "/x.dtd\" [<!ENTITY % p SYSTEM \"http://127.0.0.1:" + canary.getLocalPort() + "/p\"> %p;"
                    + "<!ENTITY e SYSTEM \"file:///etc/passwd\">]><a>&e;</a>";
            JsonTypes types = new JsonTypes();
            assertThatThrownBy(() -> new DefinitionReader().read(xml)).isInstanceOf(DefinitionException.class);
            assertThatThrownBy(() -> Json.read(xml)).isInstanceOf(JsonException.class);
            assertThat(types.read(xml, String.class)).isEqualTo(xml);
            assertThatThrownBy(canary::accept).isInstanceOf(SocketTimeoutException.class);
        }
    }
}
