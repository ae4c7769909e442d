package io.auterity.expression;

import io.auterity.expression.Tokens.Token;

/** Cuts a source into tokens by CEL's lexical rules; a wrong character is reported and skipped. */
final class Lexer {
    private final String source;
    private final Problems problems;
    private final Tokens tokens = new Tokens();
    private int at;

    private Lexer(String source, Problems problems) {
        this.source = source;
        this.problems = problems;
    }

    static Tokens scan(String source, Problems problems) {
        Lexer lexer = new Lexer(source, problems);
        while (lexer.at < source.length()) {
            lexer.next();
        }
        lexer.tokens.add(Token.END, source.length(), source.length(), null);
        return lexer.tokens;
    }

    private char peek(int ahead) {
        return at + ahead < source.length() ? source.charAt(at + ahead) : '\0';
    }

    private void next() {
        char c = source.charAt(at);
        switch (c) {
            case ' ', '\t', '\n', '\r', '\f' -> at++;
            case '(' -> add(Token.OPEN, 1);
            case ')' -> add(Token.CLOSE, 1);
            case '[' -> add(Token.OPEN_LIST, 1);
            case ']' -> add(Token.CLOSE_LIST, 1);
            case '{' -> add(Token.OPEN_MAP, 1);
            case '}' -> add(Token.CLOSE_MAP, 1);
            case ',' -> add(Token.COMMA, 1);
            case ':' -> add(Token.COLON, 1);
            case '?' -> add(Token.QUESTION, 1);
            case '+' -> add(Token.PLUS, 1);
            case '-' -> add(Token.MINUS, 1);
            case '*' -> add(Token.TIMES, 1);
            case '%' -> add(Token.REMAINDER, 1);
            case '!' -> either('=', Token.NOT_EQUAL, Token.NOT);
            case '<' -> either('=', Token.LESS_EQUAL, Token.LESS);
            case '>' -> either('=', Token.GREATER_EQUAL, Token.GREATER);
            case '=' -> doubled('=', Token.EQUAL, "use '==' to compare");
            case '&' -> doubled('&', Token.AND, "use '&&'");
            case '|' -> doubled('|', Token.OR, "use '||'");
            case '/' -> slash();
            case '.' -> dot();
            case '"', '\'' -> string(at, false);
            case '`' -> quotedName();
            default -> word(c);
        }
    }

    private void add(Token token, int length) {
        tokens.add(token, at, at + length, null);
        at += length;
    }

    private void either(char second, Token both, Token alone) {
        if (peek(1) == second) {
            add(both, 2);
        } else {
            add(alone, 1);
        }
    }

    private void doubled(char second, Token both, String fix) {
        if (peek(1) != second) {
            syntax(at, "unexpected '" + second + "'", fix);
            tokens.add(both, at, at + 1, null);
            at++;
        } else {
            add(both, 2);
        }
    }

    private void slash() {
        if (peek(1) == '/') {
            int end = source.indexOf('\n', at);
            at = end < 0 ? source.length() : end;
        } else {
            add(Token.DIVIDE, 1);
        }
    }

    private void dot() {
        if (isDigit(peek(1))) {
            number();
        } else {
            add(Token.DOT, 1);
        }
    }

    private void word(char c) {
        if (isDigit(c)) {
            number();
        } else if (isNameStart(c) || Character.isLetter(source.codePointAt(at))) {
            if (!prefixedString(c)) {
                name();
            }
        } else {
            int point = source.codePointAt(at);
            syntax(at, "unexpected character U+" + String.format("%04X", point), "");
            at += Character.charCount(point);
        }
    }

    private boolean prefixedString(char c) {
        boolean raw = c == 'r' || c == 'R';
        boolean bytes = c == 'b' || c == 'B';
        if (!raw && !bytes) {
            return false;
        }
        char second = peek(1);
        boolean both = raw ? second == 'b' || second == 'B' : second == 'r' || second == 'R';
        char quote = peek(both ? 2 : 1);
        if (quote != '"' && quote != '\'') {
            return false;
        }
        int start = at;
        at += both ? 2 : 1;
        string(start, raw || both);
        if (bytes || both) {
            syntax(start, "bytes literals are not supported, JSON has no bytes", "use a string");
        }
        return true;
    }

    private void name() {
        int start = at;
        boolean isPlain = true;
        while (at < source.length() && (isNamePart(source.charAt(at)) || Character.isLetter(source.codePointAt(at)))) {
            isPlain &= isNamePart(source.charAt(at));
            at += Character.charCount(source.codePointAt(at));
        }
        String name = source.substring(start, at);
        if (!isPlain) {
            syntax(
                    start,
                    "the name '" + name + "' has letters that may only stand in quotes",
                    "write it as ['" + name + "'], or in backquotes: `" + name + "`");
        }
        tokens.add(name.equals("in") ? Token.IN : Token.NAME, start, at, name);
    }

    private void quotedName() {
        int end = source.indexOf('`', at + 1);
        if (end < 0) {
            syntax(at, "the name in backquotes does not end", "add a closing '`'");
            at = source.length();
            return;
        }
        tokens.add(Token.NAME, at, end + 1, source.substring(at + 1, end));
        at = end + 1;
    }

    private void number() {
        int start = at;
        if (peek(0) == '0' && (peek(1) == 'x' || peek(1) == 'X') && isHex(peek(2))) {
            at += 2;
            while (isHex(peek(0))) {
                at++;
            }
            finishNumber(Token.INTEGER, start);
            return;
        }
        boolean fraction = false;
        digits();
        if (peek(0) == '.' && isDigit(peek(1))) {
            fraction = true;
            at++;
            digits();
        }
        int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
        if ((peek(0) == 'e' || peek(0) == 'E') && isDigit(peek(1 + sign))) {
            fraction = true;
            at += 1 + sign;
            digits();
        }
        finishNumber(fraction ? Token.DOUBLE : Token.INTEGER, start);
    }

    private void digits() {
        while (isDigit(peek(0))) {
            at++;
        }
    }

    private void finishNumber(Token token, int start) {
        String text = source.substring(start, at);
        if (peek(0) == 'u' || peek(0) == 'U') {
            syntax(at, "unsigned numbers are not supported, JSON has none", "leave out the 'u'");
            at++;
        }
        if (isNamePart(peek(0))) {
            syntax(at, "a name cannot follow a number directly", "");
        }
        if (token == Token.DOUBLE) {
            double value = Double.parseDouble(text);
            if (Double.isInfinite(value)) {
                syntax(start, "the number is too large", "");
            }
            tokens.add(token, start, at, value);
        } else {
            // The parser reads the digits, because -9223372036854775808 is in range and 9223372036854775808 is not.
            tokens.add(token, start, at, text);
        }
    }

    private void string(int start, boolean raw) {
        char quote = source.charAt(at);
        boolean triple = peek(1) == quote && peek(2) == quote;
        at += triple ? 3 : 1;
        StringBuilder value = new StringBuilder();
        while (true) {
            if (at >= source.length() || !triple && (peek(0) == '\n' || peek(0) == '\r')) {
                syntax(start, "the string does not end", "add a closing " + quote);
                break;
            }
            char c = source.charAt(at);
            if (c == quote && (!triple || peek(1) == quote && peek(2) == quote)) {
                at += triple ? 3 : 1;
                break;
            }
            if (c == '\\' && !raw) {
                escape(value);
            } else {
                value.append(c);
                at++;
                if (c == '\\' && at < source.length()) {
                    // In a raw string a backslash also keeps a quote from ending it.
                    value.append(source.charAt(at++));
                }
            }
        }
        tokens.add(Token.STRING, start, at, value.toString());
    }

    private void escape(StringBuilder value) {
        int start = at;
        char c = peek(1);
        at += Math.min(2, source.length() - at);
        switch (c) {
            case 'a' -> value.append('\u0007');
            case 'b' -> value.append('\b');
            case 'f' -> value.append('\f');
            case 'n' -> value.append('\n');
            case 'r' -> value.append('\r');
            case 't' -> value.append('\t');
            case 'v' -> value.append('\u000b');
            case '\\', '?', '"', '\'', '`' -> value.append(c);
            case 'x', 'X' -> code(value, start, 2, 16);
            case 'u' -> code(value, start, 4, 16);
            case 'U' -> code(value, start, 8, 16);
            case '0', '1', '2', '3' -> {
                at--;
                code(value, start, 3, 8);
            }
            default ->
                syntax(start, "unknown escape in a string", "write '\\\\' for a backslash, or r'...' for a raw string");
        }
    }

    private void code(StringBuilder value, int start, int length, int radix) {
        long point = 0;
        for (int i = 0; i < length; i++) {
            int digit = at < source.length() ? Character.digit(source.charAt(at), radix) : -1;
            if (digit < 0 || source.charAt(at) > 'f') {
                syntax(
                        start,
                        "the escape needs " + length + (radix == 16 ? " hexadecimal digits" : " octal digits"),
                        "");
                return;
            }
            point = point * radix + digit;
            at++;
        }
        if (point > Character.MAX_CODE_POINT || point >= 0xD800 && point <= 0xDFFF) {
            syntax(start, "the escape is not a Unicode character", "");
        } else {
            value.appendCodePoint((int) point);
        }
    }

    private void syntax(int place, String message, String fix) {
        problems.add(Problem.Category.SYNTAX, place, message, fix);
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    private static boolean isHex(char c) {
        return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F';
    }

    static boolean isNameStart(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_';
    }

    static boolean isNamePart(char c) {
        return isNameStart(c) || isDigit(c);
    }
}
