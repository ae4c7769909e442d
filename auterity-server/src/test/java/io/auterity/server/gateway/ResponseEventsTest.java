package io.auterity.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.relay.decide.Deployment;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.money.Money;
import io.auterity.relay.money.ServiceTier;
import io.auterity.relay.provider.Sink;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The stream of a provider that sends pieces without events, as one in the host's own process can. */
class ResponseEventsTest {

    private final List<String> names = new ArrayList<>();

    private final EventOutput out = new EventOutput() {
        @Override
        public void begin(Sink.Beginning beginning) {}

        @Override
        public void event(String name, String data) {
            names.add(name);
            assertThat(Counter.json(data, "sequence_number")).isEqualTo(names.size() - 1L);
        }

        @Override
        public void comment(String text) {}
    };

    @Test
    void pieces_become_a_response_from_its_beginning() {
        ResponseEvents events = new ResponseEvents(out, new Form.Mark("1", 1));
        Deployment here = new Deployment("here", ModelName.of("local/mini"), "", ServiceTier.STANDARD);
        events.begin(new Sink.Beginning(here, List.of(), Money.ZERO));
        events.text("one ");
        events.text("two");
        events.tool(0, "c", "look", "{}");
        assertThat(names)
                .containsExactly(
                        "response.created",
                        "response.output_item.added",
                        "response.content_part.added",
                        "response.output_text.delta",
                        "response.output_text.delta",
                        "response.output_text.done",
                        "response.content_part.done",
                        "response.output_item.done",
                        "response.output_item.added",
                        "response.function_call_arguments.delta");
    }
}
