package io.auterity.relay.provider;

/** The interfaces in which calls are made and answered. */
public enum Protocol {
    /** OpenAI's chat completions. */
    CHAT_COMPLETIONS,
    /** OpenAI's responses. */
    RESPONSES,
    /** OpenAI's embeddings. */
    EMBEDDINGS,
    /** Anthropic's messages. */
    MESSAGES
}
