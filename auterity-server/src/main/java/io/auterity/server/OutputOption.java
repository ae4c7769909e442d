package io.auterity.server;

import java.util.Locale;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The option {@code --output} of the commands that print a result. */
final class OutputOption {

    private static final Pattern OPTION = Pattern.compile("--output|-[a-z]?o");
    private static final Pattern JSON = Pattern.compile("(?:--output=|-[a-z]?o=?)json", Pattern.CASE_INSENSITIVE);

    @Option(
            names = {"-o", "--output"},
            description = "${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} when not given.")
    private Format format = Format.TEXT;

    /** How a result is written to standard output. */
    enum Format {
        /** For people. */
        TEXT,
        /** One JSON value. */
        JSON;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    boolean isJson() {
        return format == Format.JSON;
    }

    /** Looks for the option without parsing, since an answer in JSON is also due when parsing fails. */
    static boolean isJson(String... arguments) {
        for (int i = 0; i < arguments.length; i++) {
            boolean isSplit = OPTION.matcher(arguments[i]).matches() && i + 1 < arguments.length;
            if (JSON.matcher(isSplit ? arguments[i] + "=" + arguments[i + 1] : arguments[i])
                    .matches()) {
                return true;
            }
        }
        return false;
    }
}
