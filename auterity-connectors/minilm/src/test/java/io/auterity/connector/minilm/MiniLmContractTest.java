package io.auterity.connector.minilm;

import io.auterity.relay.provider.Embedder;
import io.auterity.relay.provider.EmbedderContract;
import org.junit.jupiter.api.AfterAll;

/** The model keeps to the contract of embedders. */
class MiniLmContractTest extends EmbedderContract {

    private static final MiniLm MINI = MiniLm.open(2);

    @AfterAll
    static void close() {
        MINI.close();
    }

    @Override
    protected Embedder embedder() {
        return MINI;
    }
}
