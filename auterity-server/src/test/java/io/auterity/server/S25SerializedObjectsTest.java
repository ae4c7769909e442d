package io.auterity.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** S25: in the program's process no library reads Java's serialized objects either. */
class S25SerializedObjectsTest {

    @Test
    void the_program_refuses_every_serialized_object() throws Exception {
        assertThat(said()).containsSubsequence("read [x]", "auterity ", "refused");
    }

    @Test
    void an_operator_may_allow_them() throws Exception {
        assertThat(said("-Djdk.serialFilter=java.util.*;java.lang.*"))
                .containsSubsequence("read [x]", "auterity ", "read [x]");
    }

    private static String said(String... options) throws Exception {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), AroundTheProgram.class.getName()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }

    /** Reads an object before the program and again when it ends. */
    static final class AroundTheProgram {

        public static void main(String[] arguments) throws Exception {
            byte[] bytes = serialized();
            tell(bytes);
            Runtime.getRuntime().addShutdownHook(new Thread(() -> tell(bytes)));
            Main.main(new String[] {"--version"});
        }

        private static byte[] serialized() throws IOException {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream();
            try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
                out.writeObject(new ArrayList<>(List.of("x")));
            }
            return bytes.toByteArray();
        }

        private static void tell(byte[] bytes) {
            try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
                System.out.println("read " + in.readObject());
            } catch (InvalidClassException refused) {
                System.out.println("refused");
            } catch (IOException | ClassNotFoundException e) {
                System.out.println(e);
            }
        }
    }
}
