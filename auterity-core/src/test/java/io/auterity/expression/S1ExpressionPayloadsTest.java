package io.auterity.expression;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URL;
import java.net.URLClassLoader;
import java.security.Permission;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.PropertyPermission;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/**
 * Attack S1: an expression or template that tries to reach the host.
 *
 * <p>Every payload ends as a refusal, an evaluation error or plain data; and while all of them run, a recording security
 * manager sees no process, file, socket, exit, reflection or class loader. The manager is an oracle of this test alone;
 * newer Java versions have none, and there the first half of the proof stands by itself.
 */
class S1ExpressionPayloadsTest {
    private static final String[] GADGETS = {
        "getClass()",
        "class",
        "getClass().forName('java.lang.Runtime')",
        "constructor",
        "constructor.constructor('return process')()",
        "__proto__",
        "__proto__.polluted",
        "prototype",
        "getClass().getClassLoader()",
        "class.classLoader",
        "class.module.classLoader",
        "getClass().getProtectionDomain()",
        "wait()",
        "notify()",
        "hashCode()",
        "toString()",
        "equals(null)",
        "clone()",
        "finalize()",
        "getDeclaredFields()",
        "invoke(null)",
        "newInstance()",
        "exec('id')",
        "getRuntime()",
        "engine",
        "stream()",
        "iterator()",
        "forEach(x, x)",
        "bytes",
        "getBytes()",
        "chars()",
        "intern()",
        "valueOf('x')",
        "delegate",
        "metaClass",
        "this",
        "super",
        "_",
        "$",
        "declaringClass",
        "protectionDomain"
    };
    private static final String[] TARGETS = {
        "input",
        "input.email",
        "input.tags",
        "input.tags[0]",
        "anything",
        "anything.list",
        "''",
        "[]",
        "{}",
        "1",
        "null",
        "timestamp(0)",
        "duration('1s')"
    };
    private static final String[] NAMES = {
        "java.lang.Runtime",
        "java.lang.System",
        "java.lang.ProcessBuilder",
        "java.lang.Class",
        "java.lang.Thread",
        "java.io.File",
        "java.net.URL",
        "javax.script.ScriptEngineManager",
        "javax.naming.InitialContext",
        "sun.misc.Unsafe",
        "io.auterity.expression.Expression",
        "org.springframework.util.StreamUtils",
        "Runtime",
        "System",
        "Class",
        "process",
        "global",
        "globalThis",
        "window",
        "require",
        "module",
        "env",
        "this",
        "self",
        "root",
        "context",
        "application",
        "request",
        "session",
        "engine",
        "runtime",
        "execution",
        "T",
        "Java",
        "Packages",
        "os",
        "sys",
        "__builtins__",
        "__import__",
        "eval",
        "exec",
        "open",
        "getattr",
        "import"
    };
    private static final String[] CALLS = {
        "%s.getRuntime().exec('touch /tmp/x')",
        "T(%s).getRuntime()",
        "new %s()",
        "%s.exit(0)",
        "%s",
        "%s.class",
        "${%s}",
        "#{%s}",
        "*{%s}",
        "%s::getRuntime",
        "@%s@",
        "{{%s}}",
        "<%%= %s %%>",
        "%s['getRuntime']()"
    };
    private static final String[] FOREIGN = {
        "${jndi:ldap://127.0.0.1/a}",
        "${${lower:j}ndi:ldap://127.0.0.1/a}",
        "${env:PATH}",
        "${sys:user.home}",
        "#{T(java.lang.Runtime).getRuntime().exec('id')}",
        "__${T(java.lang.Runtime)}__::.x",
        "${script:javascript:java.lang.Runtime.getRuntime().exec('id')}",
        "${url:UTF-8:http://127.0.0.1/}",
        "${dns:address|localhost}",
        "(function(){return this})()",
        "() => process.exit()",
        "eval('1+1')",
        "`id`",
        "$(id)",
        "; rm -rf /",
        "'; DROP TABLE runs; --",
        "1; exec('id')",
        "../../etc/passwd",
        "file:///etc/passwd",
        "{{7*7}}",
        "{{constructor.constructor('return this')()}}",
        "<#assign x='freemarker.template.utility.Execute'?new()>",
        "%{(#a=@java.lang.Runtime@getRuntime())}",
        "\\u0054(java.lang.Runtime)",
        "T\\u0028java.lang.Runtime)",
        "in\\u0070ut.email",
        "'\\u0024{jndi:x}'",
        "'\\x24\\x7b'",
        "input\u200b.email",
        "\u202einput",
        "\uff49nput",
        "input.\u0065mail\u0000",
        "\u0000",
        "\ufeffinput.email",
        "input\u00a0.email",
        "'\ud800'",
        "r'\\' + T(x)",
        "has(getClass())",
        "[1].map(getClass, getClass)",
        "[1].map(class, class)",
        "[1].map(__proto__, __proto__)",
        "{'__proto__': {'x': 1}}.__proto__.x",
        "{'class': 1}.class",
        "{'getClass': 1}.getClass",
        "json.decode('{\"@type\":\"java.lang.Runtime\"}')",
        "json.decode('[\"java.util.ArrayList\", []]')",
        "json.decode('{\"$ref\":\"file:///etc/passwd\"}')",
        "timestamp(0).getHours('../../../etc/passwd')",
        "timestamp(0).getHours('file:///etc/passwd')",
        "'a'.matches('(a+)+$')",
        "'a'.matches('(?<n>a)\\\\k<n>')",
        "'a'.matches('(?=a)')",
        "'%n%c%t%h'.format([1])",
        "'%1$s'.format([1])",
        "'%s'.format([input])",
        "string(input.email.getClass)",
        "dyn(input).getClass()",
        "optional.of(input).value().getClass()",
        "type(input).getClass()",
        "type(input).forName('x')",
        "input.email.repeat(999999999)",
        "range(9223372036854775807)",
        "io.auterity.expression.Library",
        "input[input]",
        "input[null]",
        "input['class']['classLoader']",
        "input['\\x5f\\x5fproto\\x5f\\x5f']"
    };

    private static List<String> payloads() {
        List<String> payloads = new ArrayList<>(List.of(FOREIGN));
        for (String target : TARGETS) {
            for (String gadget : GADGETS) {
                payloads.add(target + "." + gadget);
            }
            payloads.add(target + "['class']");
            payloads.add(target + "['__proto__']");
        }
        for (String name : NAMES) {
            for (String call : CALLS) {
                payloads.add(String.format(call, name));
            }
        }
        return payloads;
    }

    /** Runs a payload as an expression and inside a template; whatever it yields is a JSON value without host words. */
    private static void attack(String payload) {
        for (String source : List.of(payload, "dyn(anything)." + payload, "[" + payload + "]")) {
            try {
                harmless(source, Expression.compile(source, Sample.ENVIRONMENT).evaluate(Sample.BINDINGS));
            } catch (ExpressionException | EvaluationException refused) {
                assertThat(refused.getMessage()).doesNotContain("s3cret").doesNotContain("uid=");
            }
        }
        try {
            String text = "x ${{ " + payload + " }} ${{ input.email }}";
            harmless(text, Template.compile(text, Sample.ENVIRONMENT).evaluate(Sample.BINDINGS));
        } catch (ExpressionException | EvaluationException refused) {
            assertThat(refused.getMessage()).doesNotContain("s3cret");
        }
        Environment data =
                Environment.builder().variable("data", 0, Type.STRING).build();
        assertThat(Template.compile("<${{ data }}>", data).evaluate(slot -> payload))
                .isEqualTo("<" + payload + ">");
    }

    private static void harmless(String source, Object value) {
        String shown = String.valueOf(value).toLowerCase(Locale.ROOT);
        assertThat(shown).as(source).doesNotContain("class java", "uid=").doesNotContainPattern("[a-z]@[0-9a-f]{6}");
        assertThat(Type.ofValue(value)).as(source).isNotNull();
    }

    @Test
    void every_payload_is_refused_or_is_data() {
        List<String> payloads = payloads();
        assertThat(payloads).hasSizeGreaterThan(500).doesNotHaveDuplicates();
        payloads.forEach(S1ExpressionPayloadsTest::attack);
    }

    @Test
    void random_text_ends_in_nothing_but_our_two_exceptions() {
        Random random = new Random(20_261_122);
        String alphabet =
                "input.email steps['\"`()[]{}?:,&|!=<>+-*/%0123456789eExX\\ur\n\t'' ${}#@~^;é€😀 has map in null";
        for (int round = 0; round < 5_000; round++) {
            StringBuilder text = new StringBuilder();
            for (int length = random.nextInt(40); length > 0; length--) {
                text.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            attack(text.toString().replace("@", ""));
        }
    }

    @Test
    @EnabledForJreRange(max = JRE.JAVA_17)
    void nothing_reaches_the_host_while_the_payloads_run() {
        // Loads what the JDK loads once, such as the rules of the time zones.
        payloads().forEach(S1ExpressionPayloadsTest::attack);
        assertThat(seenDuring(() -> payloads().forEach(S1ExpressionPayloadsTest::attack)))
                .isEmpty();
    }

    /** An engine that reached for the host would be noticed: here the value of a variable does, in its midst. */
    @Test
    @EnabledForJreRange(max = JRE.JAVA_17)
    void what_reaches_the_host_is_seen() {
        Map<String, Reach> reaches = new LinkedHashMap<>();
        reaches.put("FilePermission", () -> new File("secret").exists());
        reaches.put("execute", () -> new ProcessBuilder("/no/such/program").start());
        reaches.put("listen", () -> new ServerSocket(0).close());
        reaches.put(
                "connect",
                () -> new Socket().connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), 1), 1_000));
        reaches.put("resolve", () -> InetAddress.getByName("localhost"));
        reaches.put("shutdownHooks", () -> Runtime.getRuntime().addShutdownHook(null));
        reaches.put("getenv", System::getenv);
        reaches.put("createClassLoader", () -> new URLClassLoader(new URL[0]).close());
        reaches.put(
                "package java.util.zip",
                () -> assertThat(Class.forName("java.util.zip.CRC32").getMethods())
                        .isNotEmpty());
        reaches.put(
                "accessDeclaredMembers",
                () -> assertThat(String.class.getDeclaredFields()).isNotEmpty());
        reaches.put("suppressAccessChecks", () -> Sample.class.getDeclaredMethods()[0].setAccessible(true));
        reaches.put("thread", () -> new Thread(() -> {}).start());
        reaches.forEach((name, reach) -> assertThat(seenDuring(() -> evaluate(reach)))
                .as(name)
                .anySatisfy(seen -> assertThat(seen).contains(name)));
    }

    private interface Reach {
        void run() throws Exception;
    }

    private static void evaluate(Reach reach) {
        Environment environment =
                Environment.builder().variable("x", 0, Type.ANY).build();
        Expression.compile("x + 1", environment).evaluate(slot -> {
            try {
                reach.run();
            } catch (Exception expected) {
                // that it was tried is what counts
            }
            return 1L;
        });
    }

    /** Does some work and returns what the engine asked the host for meanwhile. */
    @SuppressWarnings({"removal", "deprecation"})
    private static Collection<String> seenDuring(Runnable work) {
        Recorder recorder = new Recorder();
        SecurityManager before = System.getSecurityManager();
        System.setSecurityManager(recorder);
        try {
            work.run();
        } finally {
            System.setSecurityManager(before);
        }
        return recorder.seen;
    }

    @SuppressWarnings({"removal", "deprecation"})
    private static final class Recorder extends SecurityManager {
        private final Thread self = Thread.currentThread();
        private final ConcurrentLinkedQueue<String> seen = new ConcurrentLinkedQueue<>();

        /** Set while the recorder looks at the stack, which asks for a permission itself. */
        private boolean looking;

        @Override
        public void checkPermission(Permission permission) {
            boolean ours = permission.getName().equals("setSecurityManager");
            if (!ours && !(permission instanceof PropertyPermission)) {
                record(permission.toString());
            }
        }

        /** Asked when a class is loaded or looked into. */
        @Override
        public void checkPackageAccess(String name) {
            record("package " + name);
        }

        @Override
        public void checkAccess(ThreadGroup group) {
            record("thread group " + group.getName());
        }

        private void record(String what) {
            if (Thread.currentThread() != self || looking) {
                return;
            }
            looking = true;
            if (engineRuns()) {
                seen.add(what);
            }
            looking = false;
        }

        /** Whether the engine is on the stack; the assertions of this test reflect on their own account. */
        private static boolean engineRuns() {
            return StackWalker.getInstance()
                    .walk(frames -> frames.map(StackWalker.StackFrame::getClassName)
                            .anyMatch(name -> name.startsWith("io.auterity.expression.") && !name.contains(".S1")));
        }
    }
}
