package io.auterity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchRule;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLConnection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The rules of the code that a machine can check, each as a test of its own in {@link ArchitectureTest}.
 *
 * @param root the package the rules are about; the rules' own tests use one full of broken code
 */
record Architecture(String root) {

    /** Who may import whom, besides its own sub-packages. The facade, {@code root} itself, may import all. */
    private static final Map<String, List<String>> IMPORTS = new TreeMap<>(Map.of(
            "regex", List.of(),
            "definition", List.of(),
            "expression", List.of("regex"),
            "plan", List.of("definition"),
            "journal", List.of("definition"),
            "connector", List.of("definition", "regex"),
            "event", List.of("journal", "definition"),
            "trigger", List.of("definition", "journal"),
            "compile", List.of("definition", "plan", "expression", "connector", "trigger", "regex"),
            "run", List.of("definition", "plan", "journal", "event", "connector")));

    /** The facade and stores are where the host's clock comes in when none is given; only the engine room starts threads. */
    CodeRules rules() {
        return CodeRules.of(root)
                .withClocksIn(root, root + ".journal.InMemoryJournal")
                .withRandomnessIn(root)
                .withThreadsIn(root, root + ".run")
                .withQueuesIn(
                        root + ".Engine", // a place for each run that was under way
                        root + ".event.ListenerQueue", // counts its entries
                        root + ".run.Pulse", // a place for each run under way
                        root + ".run.RunLoop", // attempts under way, and messages whose senders wait for the record
                        root + ".run.WorkerPool"); // counts its tasks
    }

    // Structure

    Stream<ArchRule> allowedImports() {
        return rules().imports(IMPORTS);
    }

    ArchRule everyPackageHasItsImportsNamed() {
        return rules().packages(IMPORTS.keySet());
    }

    /** Each of these costs every user of the core disk and attention: a new one needs a reason in the README. */
    ArchRule onlyTheListedLibraries() {
        return rules().libraries(
                        "javax.net..",
                        "com.cronutils..",
                        "com.fasterxml.jackson.annotation..",
                        "com.google.re2j..",
                        "com.networknt.schema..",
                        "org.jspecify.annotations..",
                        "org.slf4j..",
                        "org.snakeyaml.engine.v2..",
                        "tools.jackson..");
    }

    // Attack surface

    ArchRule noReflectionInExpressions() {
        return noClasses()
                .that()
                .resideInAPackage(tree("expression"))
                .should(dependOnClassesThat(resideInAnyPackage("java.lang.reflect..", "java.lang.invoke..")))
                .orShould()
                .accessTargetWhere(describe(
                        "looks inside a class",
                        access -> access.getTargetOwner().isEquivalentTo(Class.class)
                                && access.getName()
                                        .matches("forName|get(Declared)?(Method|Field|Constructor)s?|newInstance|"
                                                + "getClassLoader|getRecordComponents|getResource.*")))
                .orShould()
                .accessTargetWhere(of(Runtime.class, "exec"))
                .orShould()
                .dependOnClassesThat()
                .areAssignableTo(ClassLoader.class)
                .allowEmptyShould(true);
    }

    /** All traffic passes the outbound guard, which vets the address it connects to. */
    ArchRule noNetworkOutsideTheGuard() {
        DescribedPredicate<JavaClass> network = describe(
                "open connections or resolve names",
                type -> Stream.of(
                                        Socket.class,
                                        ServerSocket.class,
                                        DatagramSocket.class,
                                        URLConnection.class,
                                        HttpURLConnection.class,
                                        InetAddress.class)
                                .anyMatch(type::isAssignableTo)
                        || Set.of("java.net.http", "javax.net", "javax.net.ssl", "okhttp3")
                                .contains(type.getPackageName())
                        || type.getName().matches("java\\.nio\\.channels\\.\\w*(Socket|Datagram)\\w*"));
        return noClasses()
                .that(not(describe(
                        "are the outbound guard",
                        type -> type.getName()
                                .matches(Pattern.quote(root + ".connector.")
                                        + "(OutboundGuard|Address|Allowance|HostText|GuardedSocket).*"))))
                .should(dependOnClassesThat(network))
                .orShould()
                .accessTargetWhere(of(java.net.URL.class, "openConnection|openStream|getContent"))
                .allowEmptyShould(true);
    }

    private String tree(String name) {
        return root + "." + name + "..";
    }

    private static DescribedPredicate<JavaAccess<?>> of(Class<?> owner, String names) {
        return describe(
                owner.getName() + "." + names,
                access -> access.getTargetOwner().isEquivalentTo(owner)
                        && access.getName().matches(names));
    }
}
