package io.auterity.relay;

import io.auterity.definition.AuterityException;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** What a relay has learned cannot be read or kept; whoever runs it must act. The file is as it was. */
public final class LearnedFileException extends AuterityException {

    private static final long serialVersionUID = 1L;

    /** The code. */
    public static final String UNUSABLE = "AUT-L012";

    LearnedFileException(String message, Throwable cause) {
        super(UNUSABLE, message);
        initCause(cause);
    }

    /**
     * Says in words why a file cannot be had, of which Java often says no more than its name.
     *
     * @param e what was thrown
     * @return the reason, without names of Java
     */
    public static String why(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such folder";
        }
        if (e instanceof AccessDeniedException) {
            return "this user has no right to it";
        }
        if (e instanceof DirectoryNotEmptyException) {
            return "a folder is in the way";
        }
        String reason = e instanceof FileSystemException files ? files.getReason() : e.getMessage();
        return reason == null ? "the file system fails" : reason;
    }
}
