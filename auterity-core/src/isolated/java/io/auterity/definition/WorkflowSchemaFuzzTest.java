package io.auterity.definition;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.code_intelligence.jazzer.mutation.annotation.NotNull;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import io.auterity.testkit.ProcessorTime;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import org.junit.jupiter.api.Tag;

/** R19: An editor that follows the published schema never marks what the reader takes. */
@Tag("isolated")
class WorkflowSchemaFuzzTest {

    private static final DefinitionReader READER = new DefinitionReader();
    private static final Schema SCHEMA = published();

    @FuzzTest(maxDuration = "20s")
    void what_the_reader_takes_the_published_schema_takes(byte @NotNull [] json) throws Exception {
        ProcessorTime.atMost(ProcessorTime.OF_A_PARSER, () -> check(json));
    }

    private static void check(byte[] json) {
        Object value;
        try {
            value = Json.read(json);
            READER.read(json, "fuzz");
        } catch (JsonException | DefinitionException refused) {
            return;
        }
        assertThat(SCHEMA.validate(Json.write(value), InputFormat.JSON)).isEmpty();
    }

    private static Schema published() {
        try (InputStream schema = Definition.class.getResourceAsStream("/io/auterity/workflow.schema.json")) {
            return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                    .getSchema(schema, InputFormat.JSON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
