package io.auterity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAccess.Predicates;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.DynamicTest;

/**
 * The rules of the code that a machine can check and that hold in every module, with the places where a module may do
 * what is forbidden elsewhere in it.
 *
 * @param root the package the rules are about
 * @param clocks classes, or packages, that take the system's clock when the host gives none; nobody reads it otherwise
 * @param randomness classes, or packages, that draw randomness of their own, as for ids
 * @param threads classes, or packages, that start threads
 * @param queues classes with queues that have no limit of their own, because another one bounds what can be in them
 */
public record CodeRules(
        String root, Set<String> clocks, Set<String> randomness, Set<String> threads, Set<String> queues) {

    private static final Pattern VAGUE_NAME =
            Pattern.compile(".*(Util|Utils|Helper|Helpers|Manager|Impl)|(Abstract|Base)[A-Z].*");

    private static final Pattern MUTABLE_TYPE = Pattern.compile("java\\.util\\.concurrent\\.atomic\\.\\w+(?<!Updater)"
            + "|java\\.util\\.concurrent\\.\\w*(Map|Queue|Deque|List|Set)"
            + "|java\\.util\\.(\\w+Map|\\w+List|\\w+Set|\\w*Deque|\\w*Queue|Random|BitSet)"
            + "|java\\.lang\\.(ThreadLocal|InheritableThreadLocal|StringBuilder|StringBuffer)");

    /** Rules without an exception. */
    public static CodeRules of(String root) {
        return new CodeRules(root, Set.of(), Set.of(), Set.of(), Set.of());
    }

    /** These take the system's clock. */
    public CodeRules withClocksIn(String... places) {
        return new CodeRules(root, Set.of(places), randomness, threads, queues);
    }

    /** These draw randomness. */
    public CodeRules withRandomnessIn(String... places) {
        return new CodeRules(root, clocks, Set.of(places), threads, queues);
    }

    /** These start threads. */
    public CodeRules withThreadsIn(String... places) {
        return new CodeRules(root, clocks, randomness, Set.of(places), queues);
    }

    /** These have queues that something else bounds. */
    public CodeRules withQueuesIn(String... places) {
        return new CodeRules(root, clocks, randomness, threads, Set.of(places));
    }

    /** The rules by name that need nothing but the exceptions. */
    Map<String, ArchRule> everywhere() {
        return new TreeMap<>(Map.ofEntries(
                Map.entry("packages are free of cycles", packagesFreeOfCycles()),
                Map.entry("every package is null-marked", everyPackageIsNullMarked()),
                Map.entry("no name is vague", noVagueNames()),
                Map.entry("nobody reads the wall clock", noWallClock()),
                Map.entry("nobody sleeps", noSleep()),
                Map.entry("nobody draws randomness of its own", noHiddenRandomness()),
                Map.entry("only named classes start threads", onlyNamedStartThreads()),
                Map.entry("no queue and no pool is unbounded", noUnboundedQueuesOrPools()),
                Map.entry("no static field is mutable", noMutableStaticFields()),
                Map.entry("no Java serialization", noJavaSerialization()),
                Map.entry("no script engine", noScriptEngine()),
                Map.entry("no standard streams", noStandardStreams())));
    }

    /** A test for each of {@link #everywhere}, of these classes. */
    public Stream<DynamicTest> tests(JavaClasses classes) {
        return everywhere().entrySet().stream()
                .map(rule -> DynamicTest.dynamicTest(
                        rule.getKey(), () -> rule.getValue().check(classes)));
    }

    // Structure

    ArchRule packagesFreeOfCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    /** Who may import whom, by the names below the root, besides its own sub-packages; an empty name is the root itself. */
    public Stream<ArchRule> imports(Map<String, List<String>> allowed) {
        return allowed.entrySet().stream().map(entry -> {
            String[] names = Stream.concat(Stream.of(entry.getKey()), entry.getValue().stream())
                    .map(this::tree)
                    .toArray(String[]::new);
            return classes()
                    .that()
                    .resideInAPackage(tree(entry.getKey()))
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(names).or(not(resideInAPackage(root + ".."))))
                    .allowEmptyShould(true);
        });
    }

    /** The packages below the root are these; the root itself may import all. */
    public ArchRule packages(Set<String> names) {
        return classes()
                .should()
                .resideInAnyPackage(
                        Stream.concat(Stream.of(root), names.stream().map(this::tree))
                                .toArray(String[]::new));
    }

    /** Nothing is used but the JDK, our own code below these packages, and libraries in these. */
    public ArchRule libraries(String... packages) {
        return classes()
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage(Stream.concat(Stream.of(root + "..", "java.."), Stream.of(packages))
                                .toArray(String[]::new)));
    }

    ArchRule everyPackageIsNullMarked() {
        return classes().should(new ArchCondition<>("be in a package annotated with @NullMarked") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean marked = type.getPackage()
                        .tryGetPackageInfo()
                        .map(info -> info.isAnnotatedWith(NullMarked.class))
                        .orElse(false);
                events.add(new SimpleConditionEvent(
                        type, marked, type.getPackageName() + " has a package-info.java with @NullMarked: " + marked));
            }
        });
    }

    ArchRule noVagueNames() {
        return noClasses().should(new ArchCondition<>("be named " + VAGUE_NAME) {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                boolean vague = VAGUE_NAME.matcher(type.getSimpleName()).matches();
                events.add(new SimpleConditionEvent(type, vague, type.getName() + " is named vaguely: " + vague));
            }
        });
    }

    // Everything that decides is an argument: time, randomness, threads

    ArchRule noWallClock() {
        DescribedPredicate<JavaAccess<?>> now = describe(
                "reads the wall clock",
                access -> access.getTargetOwner().getPackageName().equals("java.time")
                        && ((access.getName().equals("now") && !takes(access, "java.time.Clock"))
                                || (access.getName().startsWith("system") && !isIn(clocks, access.getOriginOwner()))));
        return noClasses()
                .should()
                .accessTargetWhere(now)
                .orShould()
                .accessTargetWhere(of(System.class, "currentTimeMillis"))
                .orShould()
                .accessTargetWhere(describe(
                        "creates a java.util.Date of now",
                        access -> access.getTargetOwner().isEquivalentTo(java.util.Date.class)
                                && access.getName().equals("<init>")
                                && arity(access) == 0))
                .orShould()
                .accessTargetWhere(of(java.util.Calendar.class, "getInstance"));
    }

    ArchRule noSleep() {
        return noClasses()
                .should()
                .accessTargetWhere(of(Thread.class, "sleep"))
                .orShould()
                .accessTargetWhere(of(java.util.concurrent.TimeUnit.class, "sleep"));
    }

    ArchRule noHiddenRandomness() {
        return noClasses()
                .that(areNotIn(randomness))
                .should()
                .accessTargetWhere(of(Math.class, "random"))
                .orShould()
                .accessTargetWhere(of(java.util.UUID.class, "randomUUID"))
                .orShould()
                .accessTargetWhere(of(java.util.concurrent.ThreadLocalRandom.class, "current"))
                .orShould()
                .accessTargetWhere(of(java.security.SecureRandom.class, "<init>"))
                .orShould()
                .accessTargetWhere(describe(
                        "creates a java.util.Random without a seed",
                        access -> access.getTargetOwner().isEquivalentTo(java.util.Random.class)
                                && access.getName().equals("<init>")
                                && arity(access) == 0))
                .allowEmptyShould(true);
    }

    /** Threads come from the host's executor. */
    ArchRule onlyNamedStartThreads() {
        return noClasses()
                .that(areNotIn(threads))
                .should()
                .accessTargetWhere(describe("starts a thread", CodeRules::startsThread))
                .allowEmptyShould(true);
    }

    ArchRule noUnboundedQueuesOrPools() {
        return noClasses()
                .should()
                .accessTargetWhere(describe(
                        "makes an unbounded queue or pool",
                        access -> isUnboundedQueue(access) || isUnboundedPool(access)));
    }

    ArchRule noMutableStaticFields() {
        return classes().should(new ArchCondition<>("have no mutable static fields") {
            @Override
            public void check(JavaClass type, ConditionEvents events) {
                for (JavaField field : type.getFields()) {
                    boolean isStatic = field.getModifiers().contains(JavaModifier.STATIC);
                    boolean isMutable = !field.getModifiers().contains(JavaModifier.FINAL)
                            || MUTABLE_TYPE
                                    .matcher(field.getRawType().getName())
                                    .matches();
                    if (isStatic && isMutable) {
                        events.add(
                                SimpleConditionEvent.violated(field, field.getFullName() + " is mutable and static"));
                    }
                }
                // What a field of type Map holds shows where it is made; a class that fills one copies it.
                type.getStaticInitializer().stream()
                        .flatMap(initializer -> initializer.getConstructorCallsFromSelf().stream())
                        .filter(call -> MUTABLE_TYPE
                                .matcher(call.getTargetOwner().getName())
                                .matches())
                        .forEach(call -> events.add(SimpleConditionEvent.violated(call, call.getDescription())));
            }
        });
    }

    // Attack surface

    ArchRule noJavaSerialization() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputStream")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectOutputStream")
                .orShould()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.io.ObjectInputFilter");
    }

    ArchRule noScriptEngine() {
        return noClasses()
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("javax.script..", "javax.el..", "org.springframework.expression..", "org.mvel2..");
    }

    ArchRule noStandardStreams() {
        return noClasses()
                .should()
                .accessTargetWhere(of(System.class, "out|err|in"))
                .orShould()
                .accessTargetWhere(Predicates.target(HasOwner.Predicates.With.<JavaClass>owner(
                                describe("a throwable", owner -> owner.isAssignableTo(Throwable.class))))
                        .and(describe(
                                "prints a stack trace",
                                access -> access.getName().equals("printStackTrace") && arity(access) == 0)));
    }

    private String tree(String name) {
        return name.isEmpty() ? root : root + "." + name + "..";
    }

    private static DescribedPredicate<JavaClass> areNotIn(Set<String> places) {
        return describe("are none of those that may", type -> !isIn(places, type));
    }

    private static boolean isIn(Set<String> places, JavaClass type) {
        return places.contains(type.getName()) || places.contains(type.getPackageName());
    }

    private static DescribedPredicate<JavaAccess<?>> of(Class<?> owner, String names) {
        return describe(
                owner.getName() + "." + names,
                access -> access.getTargetOwner().isEquivalentTo(owner)
                        && access.getName().matches(names));
    }

    private static boolean startsThread(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getName();
        boolean isThread = owner.isAssignableTo(Thread.class)
                && name.matches("<init>|start|ofVirtual|ofPlatform|startVirtualThread");
        boolean isNewPool = name.equals("<init>")
                && (owner.isAssignableTo(java.util.concurrent.ExecutorService.class)
                        || owner.isAssignableTo(java.util.Timer.class));
        boolean isMadePool = owner.isEquivalentTo(java.util.concurrent.Executors.class) && name.startsWith("new");
        boolean isParallelStream = name.equals("parallelStream")
                || (owner.isAssignableTo(java.util.stream.BaseStream.class) && name.equals("parallel"));
        boolean isCommonPool = name.equals("commonPool")
                || (owner.isAssignableTo(java.util.concurrent.CompletionStage.class)
                        && name.endsWith("Async")
                        && !takes(access, "java.util.concurrent.Executor"));
        return isThread || isNewPool || isMadePool || isParallelStream || isCommonPool;
    }

    private boolean isUnboundedQueue(JavaAccess<?> access) {
        if (!access.getName().equals("<init>")) {
            return false;
        }
        return switch (access.getTargetOwner().getName()) {
            case "java.util.concurrent.LinkedBlockingQueue", "java.util.concurrent.LinkedBlockingDeque" ->
                !takes(access, "int") && !isIn(queues, access.getOriginOwner());
            case "java.util.concurrent.ConcurrentLinkedQueue", "java.util.concurrent.ConcurrentLinkedDeque" ->
                !isIn(queues, access.getOriginOwner());
            case "java.util.concurrent.PriorityBlockingQueue",
                    "java.util.concurrent.DelayQueue",
                    "java.util.concurrent.LinkedTransferQueue" -> true;
            default -> false;
        };
    }

    private static boolean isUnboundedPool(JavaAccess<?> access) {
        return access.getTargetOwner().isEquivalentTo(java.util.concurrent.Executors.class)
                && access.getName().matches("newCachedThreadPool|newFixedThreadPool|newSingleThreadExecutor");
    }

    private static int arity(JavaAccess<?> access) {
        return parameters(access).size();
    }

    private static boolean takes(JavaAccess<?> access, String type) {
        return parameters(access).contains(type);
    }

    private static List<String> parameters(JavaAccess<?> access) {
        return access.getTarget() instanceof com.tngtech.archunit.core.domain.AccessTarget.CodeUnitAccessTarget target
                ? target.getRawParameterTypes().stream().map(JavaClass::getName).toList()
                : List.of();
    }
}
