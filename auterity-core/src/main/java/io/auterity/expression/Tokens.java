package io.auterity.expression;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The tokens of a source, as parallel arrays: kind, first and last offset, and the value of a literal or name. */
final class Tokens {
    /** The kinds of token; operators are their own kind. */
    enum Token {
        END("the end"),
        NAME("a name"),
        INTEGER("a number"),
        DOUBLE("a number"),
        STRING("a string"),
        OPEN("'('"),
        CLOSE("')'"),
        OPEN_LIST("'['"),
        CLOSE_LIST("']'"),
        OPEN_MAP("'{'"),
        CLOSE_MAP("'}'"),
        DOT("'.'"),
        COMMA("','"),
        COLON("':'"),
        QUESTION("'?'"),
        OR("'||'"),
        AND("'&&'"),
        NOT("'!'"),
        EQUAL("'=='"),
        NOT_EQUAL("'!='"),
        LESS("'<'"),
        LESS_EQUAL("'<='"),
        GREATER("'>'"),
        GREATER_EQUAL("'>='"),
        IN("'in'"),
        PLUS("'+'"),
        MINUS("'-'"),
        TIMES("'*'"),
        DIVIDE("'/'"),
        REMAINDER("'%'");

        final String label;

        Token(String label) {
            this.label = label;
        }
    }

    private Token[] kinds = new Token[16];
    private int[] starts = new int[16];
    private int[] ends = new int[16];
    private @Nullable Object[] values = new @Nullable Object[16];
    private int count;

    void add(Token kind, int start, int end, @Nullable Object value) {
        if (count == kinds.length) {
            kinds = Arrays.copyOf(kinds, count * 2);
            starts = Arrays.copyOf(starts, count * 2);
            ends = Arrays.copyOf(ends, count * 2);
            values = Arrays.copyOf(values, count * 2);
        }
        kinds[count] = kind;
        starts[count] = start;
        ends[count] = end;
        values[count++] = value;
    }

    Token kind(int index) {
        return kinds[index];
    }

    int start(int index) {
        return starts[index];
    }

    int end(int index) {
        return ends[index];
    }

    @Nullable
    Object value(int index) {
        return values[index];
    }
}
