package io.auterity;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.dependOnClassesThat;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaAccess.Predicates;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.properties.HasOwner;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.net.DatagramSocket;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URLConnection;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

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

    private static final Pattern VAGUE_NAME =
            Pattern.compile(".*(Util|Utils|Helper|Helpers|Manager|Impl)|(Abstract|Base)[A-Z].*");

    private static final Pattern MUTABLE_TYPE = Pattern.compile("java\\.util\\.concurrent\\.atomic\\.\\w+(?<!Updater)"
            + "|java\\.util\\.concurrent\\.\\w*(Map|Queue|Deque|List|Set)"
            + "|java\\.util\\.(\\w+Map|\\w+List|\\w+Set|\\w*Deque|\\w*Queue|Random|BitSet)"
            + "|java\\.lang\\.(ThreadLocal|InheritableThreadLocal|StringBuilder|StringBuffer)");

    /** Queues that have no limit of their own, because another one bounds what can be in them. */
    private static final Set<String> COUNTED_QUEUES = Set.of(
            "io.auterity.Engine", // a place for each run that was under way
            "io.auterity.event.ListenerQueue", // counts its entries
            "io.auterity.run.Pulse", // a place for each run under way
            "io.auterity.run.RunLoop", // attempts under way, and messages whose senders wait for the record
            "io.auterity.run.WorkerPool"); // counts its tasks

    // Structure

    ArchRule packagesFreeOfCycles() {
        return slices().matching(root + ".(**)").should().beFreeOfCycles().allowEmptyShould(true);
    }

    Stream<ArchRule> allowedImports() {
        return IMPORTS.entrySet().stream().map(entry -> {
            String[] allowed = Stream.concat(Stream.of(entry.getKey()), entry.getValue().stream())
                    .map(this::tree)
                    .toArray(String[]::new);
            return classes()
                    .that()
                    .resideInAPackage(tree(entry.getKey()))
                    .should()
                    .onlyDependOnClassesThat(resideInAnyPackage(allowed).or(not(resideInAPackage(root + ".."))))
                    .allowEmptyShould(true);
        });
    }

    ArchRule everyPackageHasItsImportsNamed() {
        String[] named = IMPORTS.keySet().stream().map(this::tree).toArray(String[]::new);
        return classes()
                .should()
                .resideInAnyPackage(
                        Stream.concat(Stream.of(root), Arrays.stream(named)).toArray(String[]::new));
    }

    /** Each of these costs every user of the core disk and attention: a new one needs a reason in the README. */
    ArchRule onlyTheListedLibraries() {
        return classes()
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        root + "..",
                        "java..",
                        "javax.net..",
                        "com.cronutils..",
                        "com.fasterxml.jackson.annotation..",
                        "com.google.re2j..",
                        "com.networknt.schema..",
                        "org.jspecify.annotations..",
                        "org.slf4j..",
                        "org.snakeyaml.engine.v2..",
                        "tools.jackson.."));
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
                                || (access.getName().startsWith("system") && takesNoClock(access))));
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
                .that(areNotTheFacade())
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

    /** Threads come from the host's executor; only the engine room and the facade, which picks its default, make any. */
    ArchRule onlyNamedPackagesStartThreads() {
        return noClasses()
                .that(not(resideInAnyPackage(root, tree("run"))))
                .should()
                .accessTargetWhere(describe("starts a thread", Architecture::startsThread))
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
        return root + "." + name + "..";
    }

    /** The facade and stores are where the host's clock comes in when none is given. */
    private boolean takesNoClock(JavaAccess<?> access) {
        return isNotFacade(access) && !access.getOriginOwner().getFullName().equals(root + ".journal.InMemoryJournal");
    }

    private boolean isNotFacade(JavaAccess<?> access) {
        return !access.getOriginOwner().getPackageName().equals(root);
    }

    private DescribedPredicate<JavaClass> areNotTheFacade() {
        return describe("are not in the facade", type -> !type.getPackageName().equals(root));
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

    private static boolean isUnboundedQueue(JavaAccess<?> access) {
        if (!access.getName().equals("<init>")) {
            return false;
        }
        return switch (access.getTargetOwner().getName()) {
            case "java.util.concurrent.LinkedBlockingQueue", "java.util.concurrent.LinkedBlockingDeque" ->
                !takes(access, "int");
            case "java.util.concurrent.ConcurrentLinkedQueue", "java.util.concurrent.ConcurrentLinkedDeque" ->
                !COUNTED_QUEUES.contains(access.getOriginOwner().getName());
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
