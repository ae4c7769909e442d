package io.auterity;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.net.Socket;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every rule of {@link Architecture} and {@link CodeRules} finds the broken code it is there for, and spares its lawful neighbour. */
class ArchitectureRulesTest {

    private static final String BROKEN = "io.auterity.broken";
    private static final JavaClasses BROKEN_PACKAGES = new ClassFileImporter().importPackages(BROKEN);
    private static final Architecture ARCHITECTURE = new Architecture(BROKEN);
    private static final CodeRules RULES = ARCHITECTURE.rules();

    static Stream<Arguments> broken() {
        return Stream.of(
                Arguments.of(RULES.noWallClock(), ReadsTheClock.class),
                Arguments.of(RULES.noWallClock(), ReadsTheClockByReference.class),
                Arguments.of(RULES.noWallClock(), TakesTheSystemClock.class),
                Arguments.of(RULES.noWallClock(), DatesNow.class),
                Arguments.of(RULES.noSleep(), Sleeps.class),
                Arguments.of(RULES.noHiddenRandomness(), RollsDice.class),
                Arguments.of(RULES.onlyNamedStartThreads(), StartsThread.class),
                Arguments.of(RULES.onlyNamedStartThreads(), UsesTheCommonPool.class),
                Arguments.of(RULES.noUnboundedQueuesOrPools(), QueuesWithoutEnd.class),
                Arguments.of(RULES.noUnboundedQueuesOrPools(), LinksWithoutEnd.class),
                Arguments.of(RULES.noUnboundedQueuesOrPools(), PoolsWithoutEnd.class),
                Arguments.of(RULES.noMutableStaticFields(), SharesMap.class),
                Arguments.of(RULES.noMutableStaticFields(), SharesCounter.class),
                Arguments.of(RULES.noMutableStaticFields(), SharesCache.class),
                Arguments.of(RULES.noJavaSerialization(), Deserializes.class),
                Arguments.of(ARCHITECTURE.noNetworkOutsideTheGuard(), OpensSocket.class),
                Arguments.of(ARCHITECTURE.noNetworkOutsideTheGuard(), OpensUrl.class),
                Arguments.of(RULES.noStandardStreams(), Prints.class),
                Arguments.of(RULES.noStandardStreams(), PrintsStackTrace.class),
                Arguments.of(RULES.noVagueNames(), ThingHelper.class),
                Arguments.of(RULES.noVagueNames(), AbstractThing.class),
                Arguments.of(ARCHITECTURE.onlyTheListedLibraries(), Prints.class));
    }

    @ParameterizedTest
    @MethodSource("broken")
    void finds(ArchRule rule, Class<?> broken) {
        assertThat(violations(rule, new ClassFileImporter().importClasses(broken)))
                .isNotEmpty();
    }

    static Stream<Arguments> lawful() {
        return Stream.of(
                Arguments.of(RULES.noWallClock(), AsksItsClock.class),
                Arguments.of(RULES.noHiddenRandomness(), SeedsItsRandom.class),
                Arguments.of(RULES.onlyNamedStartThreads(), UsesAnExecutor.class),
                Arguments.of(RULES.noUnboundedQueuesOrPools(), QueuesWithEnd.class),
                Arguments.of(RULES.noMutableStaticFields(), SharesConstants.class),
                Arguments.of(RULES.noVagueNames(), Base64Text.class),
                Arguments.of(ARCHITECTURE.onlyTheListedLibraries(), SharesConstants.class));
    }

    @ParameterizedTest
    @MethodSource("lawful")
    void spares(ArchRule rule, Class<?> lawful) {
        assertThat(violations(rule, new ClassFileImporter().importClasses(lawful)))
                .isEmpty();
    }

    @Test
    void finds_a_forbidden_import() {
        List<String> found = ARCHITECTURE
                .allowedImports()
                .flatMap(rule -> violations(rule, BROKEN_PACKAGES).stream())
                .toList();

        assertThat(found).isNotEmpty().allMatch(line -> line.contains("definition.DependsOnRun"));
    }

    @Test
    void finds_a_cycle_of_packages() {
        assertThat(violations(RULES.packagesFreeOfCycles(), BROKEN_PACKAGES))
                .singleElement()
                .asString()
                .contains("Slice definition", "Slice run");
    }

    @Test
    void finds_a_package_that_nobody_named() {
        assertThat(violations(ARCHITECTURE.everyPackageHasItsImportsNamed(), BROKEN_PACKAGES))
                .isNotEmpty()
                .allMatch(line -> line.contains("stray"));
    }

    @Test
    void finds_a_package_that_is_not_null_marked() {
        assertThat(violations(RULES.everyPackageIsNullMarked(), BROKEN_PACKAGES))
                .isNotEmpty()
                .allMatch(line -> line.contains("stray"));
    }

    @Test
    void finds_reflection_and_scripts_in_expressions() {
        assertThat(violations(ARCHITECTURE.noReflectionInExpressions(), BROKEN_PACKAGES))
                .isNotEmpty()
                .allMatch(line -> line.contains("expression.Reflects"));
        assertThat(violations(RULES.noScriptEngine(), BROKEN_PACKAGES))
                .isNotEmpty()
                .allMatch(line -> line.contains("expression.Scripts"));
    }

    private static List<String> violations(ArchRule rule, JavaClasses classes) {
        return rule.evaluate(classes).getFailureReport().getDetails();
    }

    static final class ReadsTheClock {
        Instant now() {
            return Instant.now();
        }
    }

    static final class ReadsTheClockByReference {
        LongSupplier now() {
            return System::currentTimeMillis;
        }
    }

    static final class TakesTheSystemClock {
        Clock clock() {
            return Clock.systemUTC();
        }
    }

    @SuppressWarnings("JavaUtilDate")
    static final class DatesNow {
        long now() {
            return new java.util.Date().getTime();
        }
    }

    static final class AsksItsClock {
        Instant now(Clock clock) {
            return clock.instant().plusMillis(Instant.now(clock).toEpochMilli());
        }
    }

    static final class Sleeps {
        void sleep() throws InterruptedException {
            Thread.sleep(1);
        }
    }

    static final class RollsDice {
        int roll() {
            return new Random().nextInt(6);
        }
    }

    static final class SeedsItsRandom {
        int roll(long seed) {
            return new Random(seed).nextInt(6);
        }
    }

    static final class StartsThread {
        void start(Runnable body) {
            new Thread(body).start();
        }
    }

    static final class UsesTheCommonPool {
        CompletableFuture<Void> start(Runnable body) {
            return CompletableFuture.runAsync(body);
        }
    }

    static final class UsesAnExecutor {
        CompletableFuture<Void> start(Runnable body, ExecutorService executor) {
            return CompletableFuture.runAsync(body, executor);
        }
    }

    static final class QueuesWithoutEnd {
        Object queue() {
            return new LinkedBlockingQueue<String>();
        }
    }

    static final class LinksWithoutEnd {
        Object queue() {
            return new ConcurrentLinkedQueue<String>();
        }
    }

    static final class QueuesWithEnd {
        Object queue() {
            return new LinkedBlockingQueue<String>(10);
        }
    }

    static final class PoolsWithoutEnd {
        Supplier<ExecutorService> pool() {
            return Executors::newCachedThreadPool;
        }
    }

    static final class SharesMap {
        static final HashMap<String, String> SHARED = new HashMap<>();
    }

    static final class SharesCache {
        static final Map<String, String> SHARED = new java.util.concurrent.ConcurrentHashMap<>();
    }

    static final class SharesCounter {
        static int counter;
    }

    static final class SharesConstants {
        static final Map<String, String> SHARED = Map.of();
        static final List<String> NAMES = List.of();
    }

    static final class Deserializes {
        Object read(java.io.InputStream in) throws java.io.IOException, ClassNotFoundException {
            return new java.io.ObjectInputStream(in).readObject();
        }
    }

    static final class OpensSocket {
        Socket open() {
            return new Socket();
        }
    }

    static final class OpensUrl {
        Object open(java.net.URL url) throws java.io.IOException {
            return url.openStream();
        }
    }

    static final class Prints {
        void print() {
            System.out.println("to whom?");
            assertThat(new ArrayList<>()).isEmpty();
        }
    }

    static final class PrintsStackTrace {
        void print(RuntimeException e) {
            e.printStackTrace();
        }
    }

    static final class ThingHelper {}

    abstract static class AbstractThing {}

    static final class Base64Text {}
}
