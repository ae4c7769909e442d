package io.auterity.examples;

import static java.time.Duration.ofMillis;
import static java.time.Duration.ofMinutes;
import static java.time.Duration.ofSeconds;

import io.auterity.Engine;
import io.auterity.Run;
import io.auterity.Workflow;
import io.auterity.definition.Retry;
import io.auterity.definition.RunId;
import java.io.IOException;

/** An order that is paid and shipped, with steps that are plain methods of the application. */
public final class FulfilOrder {

    private FulfilOrder() {}

    /**
     * What a customer orders.
     *
     * @param id the order's number
     * @param items how many items
     */
    public record Order(String id, int items) {}

    /**
     * Items set aside.
     *
     * @param shelf where they lie
     */
    public record Stock(String shelf) {}

    /**
     * A payment.
     *
     * @param receipt its number
     */
    public record Payment(String receipt) {}

    /**
     * A parcel on its way.
     *
     * @param tracking its number
     */
    public record Shipment(String tracking) {}

    /** The application's inventory. */
    public interface Inventory {
        /**
         * Sets items aside.
         *
         * @param order for whom
         * @return the items
         */
        Stock reserve(Order order);
    }

    /** The application's payments. */
    public interface Payments {
        /**
         * Charges the customer's card.
         *
         * @param order for what
         * @return the payment
         * @throws IOException if the bank cannot be reached just now
         */
        Payment charge(Order order) throws IOException;
    }

    /** The application's shipping. */
    public interface Shipping {
        /**
         * Sends a parcel.
         *
         * @param stock what
         * @param payment what it was paid with
         * @return the parcel
         */
        Shipment ship(Stock stock, Payment payment);
    }

    static Workflow<Order, Shipment> workflow(Inventory inventory, Payments payments, Shipping shipping) {
        return Workflow.define("fulfil-order", Order.class, (flow, order) -> {
            var stock = flow.step("reserve-stock").run(Stock.class, order, inventory::reserve);
            var payment = flow.step("charge-card")
                    .retry(Retry.exponential(ofMillis(200)).maxAttempts(5))
                    .timeout(ofSeconds(10))
                    .run(Payment.class, order, payments::charge); // no edge between the two: they run in parallel
            return flow.step("ship").run(Shipment.class, stock, payment, shipping::ship); // joins both
        });
    }

    static Shipment fulfil(Workflow<Order, Shipment> workflow) {
        try (var engine = Engine.builder().register(workflow).build()) {
            Run<Shipment> run = engine.start(workflow, RunId.of("order-42"), new Order("42", 3)); // same id, same run
            return run.await(ofMinutes(1)).orElseThrow();
        }
    }
}
