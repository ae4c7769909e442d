package io.auterity.examples;

import io.auterity.connector.ConnectorProvider;
import io.auterity.connector.Credentials;
import io.auterity.connector.OutboundGuard;
import io.auterity.relay.RelayBuilder;
import io.auterity.relay.budget.InMemoryBudgetStore;
import io.auterity.relay.budget.Scope;
import io.auterity.relay.operation.AiConnector;
import io.auterity.relay.provider.HttpProvider;
import io.auterity.server.gateway.RelayFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The pages that people read, and what stands in them. */
final class Manual {

    private static final Pattern YAML = Pattern.compile("(?ms)^```yaml\\n(.*?)^```");

    private Manual() {}

    /** The README and the pages of docs, by their names in the repository. */
    static List<String> pages() {
        Path root = Repository.root();
        try (Stream<Path> docs = Files.list(root.resolve("docs"))) {
            List<String> pages = new ArrayList<>(List.of("README.md"));
            docs.map(file -> root.relativize(file).toString().replace('\\', '/'))
                    .filter(name -> name.endsWith(".md"))
                    .sorted()
                    .forEach(pages::add);
            return pages;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The YAML that a page shows. */
    static Stream<Sample> samples(String page) {
        String text = Repository.read(page);
        Matcher blocks = YAML.matcher(text);
        return blocks.results()
                .map(block -> new Sample(
                        page + ":" + (text.substring(0, block.start()).lines().count() + 1), block.group(1)));
    }

    /**
     * A block of YAML.
     *
     * @param place the page and its line
     * @param text what stands there
     */
    record Sample(String place, String text) {

        boolean has(String key) {
            return Pattern.compile("(?m)^" + Pattern.quote(key) + ":")
                    .matcher(text)
                    .find();
        }
    }

    /** The connector {@code ai}, over the file of docs/gateway.md. */
    static ConnectorProvider ai() {
        Sample file = samples("docs/gateway.md").findFirst().orElseThrow();
        RelayFile.Content content = RelayFile.read(file.place(), file.text(), name -> Optional.empty());
        InstantSource clock = InstantSource.system();
        RelayBuilder relay = content.relay(clock, new InMemoryBudgetStore());
        content.endpoints()
                .forEach((name, endpoint) -> relay.provider(
                        name, new HttpProvider(endpoint, OutboundGuard.strict(), Credentials.NONE, clock)));
        return new AiConnector(relay.build(), Scope.tenant("acme"));
    }
}
