package io.auterity.server;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;

import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.syntax.elements.GivenClassesConjunction;
import io.auterity.CodeSource;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

class ServerArchitectureTest {

    private static final String COMMAND_LINE = "io.auterity.server";
    private static final String GATEWAY = "io.auterity.server.gateway";

    private static final JavaClasses MAIN = new ClassFileImporter().importPath(CodeSource.of(Main.class));

    @TestFactory
    Stream<DynamicTest> structure() {
        return Stream.of(
                rule("there are two packages", classes().should().resideInAnyPackage(COMMAND_LINE, GATEWAY)),
                rule(
                        "the gateway does not know the command line",
                        noClasses()
                                .that()
                                .resideInAPackage(GATEWAY)
                                .should()
                                .dependOnClassesThat()
                                .resideInAPackage(COMMAND_LINE)),
                rule(
                        "no name is vague",
                        noClasses()
                                .should()
                                .haveNameMatching(
                                        ".*(Util|Utils|Helper|Helpers|Manager|Impl)|.*[.$](Abstract|Base)[A-Z].*")));
    }

    @TestFactory
    Stream<DynamicTest> what_decides_is_an_argument() {
        return Stream.of(
                rule(
                        "nobody reads the wall clock or sleeps",
                        noClasses()
                                .should()
                                .accessTargetWhere(describe(
                                        "reads the wall clock or sleeps",
                                        access -> access.getName().matches("currentTimeMillis|sleep")
                                                || (isOf("java.time").test(access)
                                                        && access.getName().equals("now"))))),
                rule(
                        "only commands choose the clock and start threads",
                        noClasses()
                                .that()
                                .resideInAPackage(GATEWAY)
                                .should()
                                .accessTargetWhere(describe(
                                        "takes the system's clock, or makes a thread or a pool",
                                        access -> (isOf("java.time").test(access)
                                                        && access.getName().startsWith("system"))
                                                || isNew("java.lang.Thread", access)
                                                || access.getTargetOwner()
                                                        .getName()
                                                        .equals("java.util.concurrent.Executors")))),
                rule(
                        "nobody draws randomness of its own, but for ids",
                        noClasses()
                                .should()
                                .accessTargetWhere(describe(
                                        "draws randomness",
                                        access -> isNew("java.util.Random", access)
                                                || access.getName().equals("random")
                                                || access.getTargetOwner()
                                                        .getName()
                                                        .equals("java.util.concurrent.ThreadLocalRandom")))),
                rule(
                        "no queue and no pool is unbounded",
                        noClasses()
                                .should()
                                .accessTargetWhere(describe(
                                        "makes an unbounded queue or pool", ServerArchitectureTest::isUnbounded))),
                rule(
                        "no static field is mutable",
                        fields().that().areStatic().should().beFinal()),
                rule(
                        "no static field holds what changes",
                        noFields()
                                .that()
                                .areStatic()
                                .should()
                                .haveRawType(describe(
                                        "changes",
                                        type -> type.getName()
                                                .matches(
                                                        "java\\.util\\.concurrent\\.(atomic\\..*|.*(Map|Queue|Deque|Set))"
                                                                + "|java\\.util\\.(\\w+Map|\\w+List|\\w+Set|Random)"
                                                                + "|java\\.lang\\.(\\w*ThreadLocal|StringBuilder)")))));
    }

    @TestFactory
    Stream<DynamicTest> the_process() {
        return Stream.of(
                rule(
                        "only Main ends the process, and the second Ctrl-C",
                        classesBut(Main.class, OwnProcess.class)
                                .should()
                                .accessTargetWhere(describe(
                                        "ends the process",
                                        access -> access.getName().matches("exit|halt")
                                                && isOf("java.lang").test(access)))),
                rule(
                        "only Main takes the standard streams, and what is logged while there is progress",
                        classesBut(Main.class, OwnProcess.class)
                                .should()
                                .accessTargetWhere(describe(
                                        "takes a standard stream",
                                        access -> access.getTargetOwner().isEquivalentTo(System.class)
                                                && access.getName().matches("in|out|err|set(In|Out|Err)")))),
                rule(
                        "nobody reads Java's serialized objects; Main refuses them for all",
                        classesBut(Main.class)
                                .should()
                                .dependOnClassesThat()
                                .haveNameMatching(
                                        "java\\.io\\.Object(In|Out)put(Stream|Filter.*)|javax\\.script\\..*")));
    }

    private static boolean isUnbounded(JavaAccess<?> access) {
        String owner = access.getTargetOwner().getName();
        boolean isBounded = access.getTarget().getFullName().contains("(int");
        return (access.getName().equals("<init>")
                        && owner.matches("java\\.util\\.concurrent\\.(ConcurrentLinked|LinkedBlocking)(Queue|Deque)"
                                + "|java\\.util\\.concurrent\\.(PriorityBlockingQueue|DelayQueue|LinkedTransferQueue)")
                        && !isBounded)
                || (owner.equals("java.util.concurrent.Executors")
                        && access.getName().matches("newCachedThreadPool|newFixedThreadPool|newSingleThreadExecutor"));
    }

    private static Predicate<JavaAccess<?>> isOf(String packageName) {
        return access -> access.getTargetOwner().getPackageName().equals(packageName);
    }

    private static boolean isNew(String type, JavaAccess<?> access) {
        return access.getName().equals("<init>")
                && access.getTargetOwner().getName().equals(type);
    }

    private static GivenClassesConjunction classesBut(Class<?>... spared) {
        return noClasses()
                .that(describe(
                        "are none of those",
                        type -> Stream.of(spared)
                                .noneMatch(one -> type.getName().matches(one.getName() + "(\\$.*)?"))));
    }

    private static DynamicTest rule(String name, ArchRule rule) {
        return DynamicTest.dynamicTest(name, () -> rule.check(MAIN));
    }
}
