package io.auterity.expression;

/** An evaluation error on its way through the nodes, before its offset is turned into a line and a column. */
final class Fault extends RuntimeException {
    private static final long serialVersionUID = 1L;

    final EvaluationException.Code code;
    final int at;
    private final String fix;

    Fault(EvaluationException.Code code, int at, String message) {
        this(code, at, message, "");
    }

    Fault(EvaluationException.Code code, int at, String message, String fix) {
        super(message, null, false, false);
        this.code = code;
        this.at = at;
        this.fix = fix;
    }

    EvaluationException inSource(String source, int offset) {
        int place = offset + at;
        String message = String.valueOf(getMessage());
        return new EvaluationException(code, message, Place.line(source, place), Place.column(source, place), fix);
    }
}
