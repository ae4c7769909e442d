/** Embeddings in the process: the model all-MiniLM-L6-v2 on the CPU. */
@NullMarked
package io.auterity.connector.minilm;

import org.jspecify.annotations.NullMarked;
