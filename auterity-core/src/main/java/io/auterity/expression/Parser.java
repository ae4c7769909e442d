package io.auterity.expression;

import io.auterity.expression.Tokens.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Reads CEL's grammar by recursive descent, with precedence climbing for the binary operators.
 *
 * <p>Both the recursion of the parser and the height of the tree it builds are limited to 64, which bounds the stack of
 * everything that later walks the tree. Operands of one {@code &&} or {@code ||} stand side by side and count as one
 * level. After a syntax error the parser goes on behind the next comma or closing bracket, so that one missing operand
 * does not hide the other problems.
 */
final class Parser {
    static final int MAX_LENGTH = 8 * 1024;
    static final int MAX_DEPTH = 64;

    private static final Set<String> RESERVED = Set.of(
            "as",
            "break",
            "const",
            "continue",
            "else",
            "for",
            "function",
            "if",
            "import",
            "let",
            "loop",
            "package",
            "namespace",
            "return",
            "var",
            "void",
            "while");

    private final String source;
    private final Environment environment;
    private final Problems problems;
    private final Tokens tokens;
    private int next;
    private int nesting;
    private boolean tooDeep;
    /** The variables of the macros around the place the parser is at. */
    private final List<String> variables = new ArrayList<>(0);

    private Parser(String source, Environment environment, Problems problems) {
        this.source = source;
        this.environment = environment;
        this.problems = problems;
        this.tokens = Lexer.scan(source, problems);
    }

    static Ast parse(String source, Environment environment, Problems problems) {
        if (source.length() > MAX_LENGTH) {
            problems.add(
                    Problem.Category.LIMIT,
                    MAX_LENGTH,
                    "the expression has " + source.length() + " characters, more than the limit of " + MAX_LENGTH,
                    "move parts of it to 'value' steps of their own");
            return Ast.Wrong.of(0);
        }
        Parser parser = new Parser(source, environment, problems);
        Ast root = parser.expression();
        if (parser.kind() != Token.END && problems.isEmpty()) {
            parser.unexpected("an operator or the end");
        }
        return root;
    }

    private Token kind() {
        return tokens.kind(next);
    }

    private boolean accept(Token token) {
        if (kind() == token) {
            next++;
            return true;
        }
        return false;
    }

    private int lastEnd() {
        return next == 0 ? 0 : tokens.end(next - 1);
    }

    private Ast expression() {
        if (++nesting > MAX_DEPTH) {
            tooDeep(tokens.start(next));
            nesting--;
            next = skipToEnd();
            return Ast.Wrong.of(tokens.start(next));
        }
        Ast condition = or();
        if (kind() == Token.QUESTION) {
            int at = tokens.start(next++);
            Ast then = or();
            if (expect(Token.COLON)) {
                Ast otherwise = expression();
                condition = limited(Ast.Conditional.of(at, condition, then, otherwise));
            }
        }
        nesting--;
        return condition;
    }

    private int skipToEnd() {
        int end = next;
        while (tokens.kind(end) != Token.END) {
            end++;
        }
        return end;
    }

    private void tooDeep(int at) {
        if (!tooDeep) {
            tooDeep = true;
            problems.add(
                    Problem.Category.LIMIT,
                    at,
                    "the expression is nested more than " + MAX_DEPTH + " levels deep",
                    "move parts of it to 'value' steps of their own");
        }
    }

    private Ast limited(Ast ast) {
        if (ast.depth <= MAX_DEPTH) {
            return ast;
        }
        tooDeep(ast.at);
        return Ast.Wrong.of(ast.at);
    }

    private Ast or() {
        return logic(false);
    }

    private Ast logic(boolean and) {
        Ast first = and ? relation() : logic(true);
        Token token = and ? Token.AND : Token.OR;
        if (kind() != token) {
            return first;
        }
        int at = tokens.start(next);
        List<Ast> operands = new ArrayList<>();
        operands.add(first);
        while (accept(token)) {
            operands.add(and ? relation() : logic(true));
        }
        return limited(Ast.Logic.of(and, at, operands));
    }

    private Ast relation() {
        Ast left = sum();
        while (true) {
            Operator operator = switch (kind()) {
                case EQUAL -> Operator.EQUAL;
                case NOT_EQUAL -> Operator.NOT_EQUAL;
                case LESS -> Operator.LESS;
                case LESS_EQUAL -> Operator.LESS_EQUAL;
                case GREATER -> Operator.GREATER;
                case GREATER_EQUAL -> Operator.GREATER_EQUAL;
                case IN -> Operator.IN;
                default -> null;
            };
            if (operator == null) {
                return left;
            }
            int at = tokens.start(next++);
            left = limited(Ast.Binary.of(operator, at, left, sum()));
        }
    }

    private Ast sum() {
        Ast left = product();
        while (kind() == Token.PLUS || kind() == Token.MINUS) {
            Operator operator = kind() == Token.PLUS ? Operator.ADD : Operator.SUBTRACT;
            int at = tokens.start(next++);
            left = limited(Ast.Binary.of(operator, at, left, product()));
        }
        return left;
    }

    private Ast product() {
        Ast left = unary();
        while (true) {
            Operator operator = switch (kind()) {
                case TIMES -> Operator.MULTIPLY;
                case DIVIDE -> Operator.DIVIDE;
                case REMAINDER -> Operator.REMAINDER;
                default -> null;
            };
            if (operator == null) {
                return left;
            }
            int at = tokens.start(next++);
            left = limited(Ast.Binary.of(operator, at, left, unary()));
        }
    }

    private Ast unary() {
        Token sign = kind();
        if (sign != Token.NOT && sign != Token.MINUS) {
            return member(primary());
        }
        int start = tokens.start(next++);
        if (sign == Token.MINUS && (kind() == Token.INTEGER || kind() == Token.DOUBLE)) {
            return member(number(start, true));
        }
        if (++nesting > MAX_DEPTH) {
            tooDeep(start);
            nesting--;
            next = skipToEnd();
            return Ast.Wrong.of(start);
        }
        Ast unary = limited(Ast.Unary.of(start, sign == Token.NOT, unary()));
        nesting--;
        return unary;
    }

    private Ast member(Ast operand) {
        Ast member = operand;
        while (true) {
            if (kind() == Token.DOT) {
                next++;
                member = limited(selection(member));
            } else if (kind() == Token.OPEN_LIST) {
                int at = tokens.start(next++);
                boolean optional = accept(Token.QUESTION);
                Ast index = expression();
                expect(Token.CLOSE_LIST);
                member = limited(Ast.Index.of(member, at, lastEnd(), index, optional));
            } else {
                return member;
            }
        }
    }

    private Ast selection(Ast operand) {
        boolean optional = accept(Token.QUESTION);
        int at = tokens.start(next);
        if (kind() != Token.NAME && kind() != Token.IN) {
            unexpected("the name of a field");
            return Ast.Wrong.of(at);
        }
        String name = String.valueOf(tokens.value(next++));
        if (kind() == Token.MINUS && tokens.start(next) == lastEnd()) {
            name = joined(operand, name, at);
        }
        if (!optional && kind() == Token.OPEN) {
            List<Ast> arguments = arguments(CallChecker.isMacro(name));
            return Ast.Call.of(operand.start, lastEnd(), at, operand, name, arguments);
        }
        return Ast.Select.of(operand, at, lastEnd(), name, optional);
    }

    /**
     * Reads {@code steps.charge-card} as one name where the environment declares it.
     *
     * <p>That changes the meaning of no expression of CEL: {@code steps.charge} must not be a variable, or a text such as
     * {@code secrets.api}, and neither has a value to subtract from.
     */
    private String joined(Ast operand, String name, int start) {
        String prefix = dotted(operand);
        int dot = prefix.indexOf('.');
        if (variables.contains(dot < 0 ? prefix : prefix.substring(0, dot))) {
            return name;
        }
        Optional<Environment.Variable> alone =
                prefix.isEmpty() ? Optional.empty() : environment.resolve(prefix + "." + name);
        if (prefix.isEmpty()
                || alone.isPresent() && !Type.STRING.equals(alone.get().type())) {
            return name;
        }
        String found = name;
        int end = next;
        int foundEnd = next;
        while (isJoinedToken(end)) {
            String longer = source.substring(start, tokens.end(end++));
            String full = prefix + "." + longer;
            if (environment.resolve(full).isPresent()
                    || !environment.names(full).isEmpty()) {
                found = longer;
                foundEnd = end;
            }
        }
        boolean nowhere = alone.isEmpty()
                && foundEnd == next
                && environment.names(prefix + "." + name).isEmpty();
        if (nowhere && !environment.names(prefix).isEmpty()) {
            // No such name with or without the dash: the message is about the whole of it.
            found = source.substring(start, tokens.end(end - 1));
            foundEnd = end;
        }
        next = foundEnd;
        return found;
    }

    private boolean isJoinedToken(int index) {
        return tokens.start(index) == tokens.end(index - 1)
                && switch (tokens.kind(index)) {
                    case MINUS, NAME, IN, INTEGER -> true;
                    default -> false;
                };
    }

    /** The dotted name a tree spells, or an empty text. */
    private static String dotted(Ast ast) {
        if (ast instanceof Ast.Name name) {
            return name.name;
        }
        if (ast instanceof Ast.Select select) {
            String prefix = dotted(select.operand);
            return prefix.isEmpty() ? "" : prefix + "." + select.field;
        }
        return "";
    }

    /** Reads arguments; each name that is one of a macro's may be a variable in those behind it. */
    private List<Ast> arguments(boolean ofMacro) {
        next++;
        int outer = variables.size();
        List<Ast> arguments = new ArrayList<>(2);
        if (accept(Token.CLOSE)) {
            return arguments;
        }
        do {
            Ast argument = expression();
            arguments.add(argument);
            if (ofMacro && argument instanceof Ast.Name variable) {
                variables.add(variable.name);
            }
            if (kind() != Token.COMMA && kind() != Token.CLOSE) {
                recover("',' or ')'");
            }
        } while (accept(Token.COMMA));
        variables.subList(outer, variables.size()).clear();
        expect(Token.CLOSE);
        return arguments;
    }

    private Ast primary() {
        int start = tokens.start(next);
        switch (kind()) {
            case NAME:
                return name(start);
            case DOT:
                next++;
                if (kind() == Token.NAME) {
                    return name(start);
                }
                unexpected("a name");
                return Ast.Wrong.of(start);
            case INTEGER, DOUBLE:
                return number(start, false);
            case STRING:
                return Ast.Literal.of(start, tokens.end(next), tokens.value(next++));
            case OPEN:
                next++;
                Ast inner = expression();
                if (kind() != Token.CLOSE) {
                    recover("')'");
                }
                expect(Token.CLOSE);
                return inner;
            case OPEN_LIST:
                return list(start);
            case OPEN_MAP:
                return map(start);
            default:
                unexpected("a value");
                return Ast.Wrong.of(start);
        }
    }

    private Ast name(int start) {
        int at = tokens.start(next);
        String name = String.valueOf(tokens.value(next));
        boolean quoted = source.charAt(at) == '`';
        next++;
        if (kind() == Token.OPEN) {
            List<Ast> arguments = arguments(false);
            return limited(Ast.Call.of(start, lastEnd(), start, null, name, arguments));
        }
        if (!quoted) {
            switch (name) {
                case "true":
                    return Ast.Literal.of(start, lastEnd(), true);
                case "false":
                    return Ast.Literal.of(start, lastEnd(), false);
                case "null":
                    return Ast.Literal.of(start, lastEnd(), null);
                default:
                    if (RESERVED.contains(name)) {
                        problems.add(
                                Problem.Category.SYNTAX,
                                at,
                                "'" + name + "' is a reserved word",
                                "write it in backquotes: `" + name + "`");
                    }
            }
        }
        return Ast.Name.of(start, lastEnd(), name);
    }

    private Ast number(int start, boolean negative) {
        Object value = tokens.value(next);
        int end = tokens.end(next);
        boolean isDouble = kind() == Token.DOUBLE;
        next++;
        if (isDouble) {
            double number = (Double) Objects.requireNonNull(value);
            return Ast.Literal.of(start, end, negative ? -number : number);
        }
        String digits = String.valueOf(value);
        boolean hex = digits.startsWith("0x") || digits.startsWith("0X");
        String sign = negative ? "-" : "";
        try {
            long number =
                    hex ? Long.parseLong(sign.concat(digits.substring(2)), 16) : Long.parseLong(sign.concat(digits));
            return Ast.Literal.of(start, end, number);
        } catch (NumberFormatException tooLarge) {
            problems.add(
                    Problem.Category.SYNTAX,
                    start,
                    "the integer does not fit 64 bits",
                    "write it as a floating point number, with '.0'");
            return Ast.Wrong.of(start);
        }
    }

    private Ast list(int start) {
        next++;
        List<Ast> elements = new ArrayList<>(4);
        List<Boolean> optional = new ArrayList<>(4);
        while (kind() != Token.CLOSE_LIST && kind() != Token.END) {
            optional.add(accept(Token.QUESTION));
            elements.add(expression());
            if (kind() != Token.COMMA && kind() != Token.CLOSE_LIST) {
                recover("',' or ']'");
            }
            if (!accept(Token.COMMA)) {
                break;
            }
        }
        expect(Token.CLOSE_LIST);
        return limited(Ast.ListOf.of(start, lastEnd(), elements, optional));
    }

    private Ast map(int start) {
        next++;
        List<Ast> keys = new ArrayList<>(4);
        List<Ast> values = new ArrayList<>(4);
        List<Boolean> optional = new ArrayList<>(4);
        while (kind() != Token.CLOSE_MAP && kind() != Token.END) {
            boolean maybe = accept(Token.QUESTION);
            Ast key = expression();
            if (expect(Token.COLON)) {
                optional.add(maybe);
                keys.add(key);
                values.add(expression());
            }
            if (kind() != Token.COMMA && kind() != Token.CLOSE_MAP) {
                recover("',' or '}'");
            }
            if (!accept(Token.COMMA)) {
                break;
            }
        }
        expect(Token.CLOSE_MAP);
        return limited(Ast.MapOf.of(start, lastEnd(), keys, values, optional));
    }

    private boolean expect(Token token) {
        if (accept(token)) {
            return true;
        }
        unexpected(token.label);
        return false;
    }

    /** Reports the token at hand and skips to a comma or closing bracket of the bracket the parser is in. */
    private void recover(String wanted) {
        unexpected(wanted);
        int open = 0;
        while (kind() != Token.END) {
            switch (kind()) {
                case OPEN, OPEN_LIST, OPEN_MAP -> open++;
                case CLOSE, CLOSE_LIST, CLOSE_MAP -> {
                    if (open-- == 0) {
                        return;
                    }
                }
                case COMMA -> {
                    if (open == 0) {
                        return;
                    }
                }
                default -> {}
            }
            next++;
        }
    }

    /** The offset of the last "unexpected" problem; a second one at the same token would say nothing new. */
    private int reportedAt = -1;

    private void unexpected(String wanted) {
        int at = tokens.start(next);
        if (at == reportedAt || tooDeep) {
            return;
        }
        reportedAt = at;
        String found = kind() == Token.NAME ? "'" + source.substring(at, tokens.end(next)) + "'" : kind().label;
        problems.add(Problem.Category.SYNTAX, at, "expected " + wanted + ", but found " + found, hint());
    }

    private String hint() {
        return kind() == Token.END && nesting > 1 ? "close the open bracket" : "";
    }
}
