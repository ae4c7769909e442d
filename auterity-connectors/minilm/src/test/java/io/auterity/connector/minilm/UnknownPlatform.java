package io.auterity.connector.minilm;

import io.auterity.relay.provider.ProviderException;
import java.util.List;

/** Uses the model where it cannot run, twice. */
final class UnknownPlatform {

    private UnknownPlatform() {}

    public static void main(String[] args) {
        try (MiniLm mini = MiniLm.open()) {
            System.out.println("opened");
            for (int i = 0; i < 2; i++) {
                try {
                    mini.embed(List.of("text"));
                } catch (ProviderException e) {
                    System.out.println(e.errorClass() + " " + e.getMessage());
                }
            }
        }
    }
}
