package io.auterity.relay;

import io.auterity.definition.AuterityException;

/** What a relay has learned cannot be read or kept; whoever runs it must act. The file is as it was. */
public final class LearnedFileException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String UNUSABLE = "AUT-L012";

    LearnedFileException(String message, Throwable cause) {
        super(UNUSABLE, message);
        initCause(cause);
    }
}
