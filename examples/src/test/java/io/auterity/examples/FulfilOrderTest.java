package io.auterity.examples;

import static org.assertj.core.api.Assertions.assertThat;

import io.auterity.examples.FulfilOrder.Payment;
import io.auterity.examples.FulfilOrder.Shipment;
import io.auterity.examples.FulfilOrder.Stock;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class FulfilOrderTest {

    @Test
    void the_order_is_shipped_although_the_bank_cannot_be_reached_at_first() {
        AtomicInteger calls = new AtomicInteger();
        var workflow = FulfilOrder.workflow(
                order -> new Stock("shelf " + order.items()),
                order -> {
                    if (calls.incrementAndGet() == 1) {
                        throw new IOException("no answer");
                    }
                    return new Payment("receipt " + order.id());
                },
                (stock, payment) -> new Shipment(stock.shelf() + ", " + payment.receipt()));

        assertThat(FulfilOrder.fulfil(workflow)).isEqualTo(new Shipment("shelf 3, receipt 42"));
        assertThat(calls).hasValue(2);
    }
}
