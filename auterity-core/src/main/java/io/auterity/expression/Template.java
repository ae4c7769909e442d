package io.auterity.expression;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A text with expressions in it: <code>"Call ${{ input.name }}"</code>.
 *
 * <p>A text that is exactly one part (<code>"${{ input.lines }}"</code>, spaces around it do not count) has that part's type
 * and value. Any other text is interpolated to a string: strings as they are, null as nothing, numbers and booleans as
 * JSON writes them, lists and maps as compact JSON, timestamps as RFC 3339 and durations as CEL writes them. What a part
 * evaluates to is data and is never read as an expression again. <code>$&#36;{{</code> stands for a plain
 * <code>&#36;{{</code>.
 *
 * <p>Instances are immutable; any number of threads may evaluate one at the same time.
 */
public final class Template {
    private static final String OPEN = "${{";
    private static final String CLOSE = "}}";
    /** The longest text a template may have: 1 MiB. */
    private static final int MAX_LENGTH = 1 << 20;

    private final String source;
    private final String[] texts;
    private final Program[] programs;
    private final int[] offsets;
    private final boolean single;
    private final Set<String> reads;
    private final Set<Integer> slots;

    private Template(String source, List<String> texts, List<Program> programs, List<Integer> offsets, boolean single) {
        this.source = source;
        this.texts = texts.toArray(new String[0]);
        this.programs = programs.toArray(new Program[0]);
        this.offsets = new int[offsets.size()];
        for (int i = 0; i < this.offsets.length; i++) {
            this.offsets[i] = offsets.get(i);
        }
        this.single = single;
        Set<String> allReads = new LinkedHashSet<>();
        Set<Integer> allSlots = new LinkedHashSet<>();
        for (Program program : programs) {
            allReads.addAll(program.reads());
            allSlots.addAll(program.slots());
        }
        this.reads = Program.ordered(allReads);
        this.slots = Program.ordered(allSlots);
    }

    /**
     * Says whether a text has anything that {@link #compile} would change.
     *
     * @param text any text
     * @return true when it contains <code>${{</code>, escaped or not
     */
    public static boolean isTemplate(String text) {
        return text.contains(OPEN);
    }

    /**
     * Compiles a text.
     *
     * @param text the text; one without parts is a constant string
     * @param environment the variables its parts may read
     * @return the compiled template
     * @throws ExpressionException with every problem of every part; lines and columns count in the whole text
     */
    public static Template compile(String text, Environment environment) {
        return new TemplateReader(text, environment, false).read();
    }

    /**
     * Compiles a text whose value may be absent: one that is exactly one part may have an optional type, and then
     * evaluates to {@link Bindings#ABSENT} where there is nothing.
     *
     * @param text the text; one without parts is a constant string
     * @param environment the variables its parts may read
     * @return the compiled template
     * @throws ExpressionException with every problem of every part; lines and columns count in the whole text
     */
    public static Template optional(String text, Environment environment) {
        return new TemplateReader(text, environment, true).read();
    }

    /** Cuts a text into plain texts and parts. */
    private static final class TemplateReader {
        private final String text;
        private final Environment environment;
        private final boolean mayBeAbsent;
        private final Problems problems;
        private final List<String> texts = new ArrayList<>();
        private final List<Program> programs = new ArrayList<>();
        private final List<Integer> offsets = new ArrayList<>();
        private final StringBuilder plain = new StringBuilder();
        private final List<Problem> found = new ArrayList<>();

        TemplateReader(String text, Environment environment, boolean mayBeAbsent) {
            this.text = text;
            this.environment = environment;
            this.mayBeAbsent = mayBeAbsent;
            this.problems = new Problems(text);
        }

        Template read() {
            if (text.length() > MAX_LENGTH) {
                problems.add(
                        Problem.Category.LIMIT,
                        0,
                        "the text has " + text.length() + " characters, more than the limit of " + MAX_LENGTH,
                        "");
                throw new ExpressionException(text, problems.list());
            }
            int at = 0;
            while (at < text.length() && found.size() < Problems.MAX) {
                int open = text.indexOf(OPEN, at);
                if (open < 0) {
                    break;
                }
                if (open > at && text.charAt(open - 1) == '$') {
                    plain.append(text, at, open - 1).append(OPEN);
                    at = open + OPEN.length();
                    continue;
                }
                plain.append(text, at, open);
                at = part(open + OPEN.length());
            }
            plain.append(text, Math.min(at, text.length()), text.length());
            texts.add(plain.toString());
            found.addAll(0, problems.list());
            if (!found.isEmpty()) {
                throw new ExpressionException(text, found.subList(0, Math.min(found.size(), Problems.MAX)));
            }
            boolean single = programs.size() == 1
                    && texts.get(0).isBlank()
                    && texts.get(1).isBlank();
            return new Template(text, texts, programs, offsets, single);
        }

        private int part(int start) {
            int end = end(start);
            if (end < 0) {
                problems.add(
                        Problem.Category.SYNTAX,
                        start - OPEN.length(),
                        "'${{' is not closed",
                        "add '}}', or write '$${{' for the plain characters");
                return text.length();
            }
            texts.add(plain.toString());
            plain.setLength(0);
            offsets.add(start);
            try {
                boolean alone = texts.size() == 1
                        && texts.get(0).isBlank()
                        && text.substring(end + CLOSE.length()).isBlank();
                programs.add(Program.compile(text.substring(start, end), environment, mayBeAbsent && alone));
            } catch (ExpressionException exception) {
                int line = Place.line(text, start);
                int column = Place.column(text, start);
                for (Problem problem : exception.problems()) {
                    found.add(moved(problem, line, column));
                }
            }
            return end + CLOSE.length();
        }

        private static Problem moved(Problem problem, int line, int column) {
            return new Problem(
                    problem.category(),
                    problem.line() + line - 1,
                    problem.line() == 1 ? problem.column() + column - 1 : problem.column(),
                    problem.message(),
                    problem.fix());
        }

        /** The offset of the closing braces, which are not those of a map or inside a string. */
        private int end(int start) {
            int open = 0;
            for (int i = start; i < text.length(); i++) {
                char c = text.charAt(i);
                if (c == '/' && text.startsWith("//", i)) {
                    i = commentEnd(i) - 1;
                } else if (c == '"' || c == '\'') {
                    i = stringEnd(i);
                } else if (c == '`') {
                    int close = text.indexOf('`', i + 1);
                    i = close < 0 ? text.length() : close;
                } else if (c == '{') {
                    open++;
                } else if (c == '}') {
                    if (open == 0) {
                        return text.startsWith(CLOSE, i) ? i : -1;
                    }
                    open--;
                }
            }
            return -1;
        }

        /** A comment ends with its line, and here also before the closing braces. */
        private int commentEnd(int start) {
            int i = start;
            while (i < text.length() && text.charAt(i) != '\n' && !text.startsWith(CLOSE, i)) {
                i++;
            }
            return i;
        }

        private int stringEnd(int start) {
            char quote = text.charAt(start);
            String triple = String.valueOf(quote).repeat(3);
            boolean isTriple = text.startsWith(triple, start);
            int i = start + (isTriple ? 3 : 1);
            while (i < text.length()) {
                char c = text.charAt(i);
                if (c == '\\') {
                    i++;
                } else if (isTriple ? text.startsWith(triple, i) : c == quote) {
                    return isTriple ? i + 2 : i;
                }
                i++;
            }
            return text.length();
        }
    }

    /**
     * Returns the static type of the result.
     *
     * @return the type of the only part when the text is exactly one part, else string; optional only after
     *     {@link #optional}
     */
    public Type type() {
        if (single) {
            return programs[0].type();
        }
        return programs.length == 0 ? Type.ofValue(texts[0]) : Type.STRING;
    }

    /**
     * Returns what the parts may read.
     *
     * @return the dotted names of the variables, with the fields selected from them as far as the text says them
     */
    public Set<String> reads() {
        return reads;
    }

    /**
     * Returns the slots the parts may read.
     *
     * @return the slots of the variables in {@link #reads()}
     */
    public Set<Integer> slots() {
        return slots;
    }

    /**
     * Returns what every evaluation costs at least, as of {@link Expression#leastFuel} for all parts together.
     *
     * @return units of a {@link Budget}'s fuel; an evaluation with less fails whatever it reads
     */
    public long leastFuel() {
        long least = 0;
        for (Program program : programs) {
            least += program.least();
        }
        return least;
    }

    /**
     * Returns the text the template was compiled from.
     *
     * @return the source
     */
    public String source() {
        return source;
    }

    /**
     * Evaluates the template within {@link Budget#DEFAULT}.
     *
     * @param bindings the values of the variables
     * @return the value of the only part, or the interpolated string
     * @throws EvaluationException when the data has no value for a part, or the budget is spent
     */
    public @Nullable Object evaluate(Bindings bindings) {
        return evaluate(bindings, Budget.DEFAULT);
    }

    /**
     * Evaluates the template within a budget, which all parts share.
     *
     * @param bindings the values of the variables
     * @param budget the most it may spend
     * @return the value of the only part, or the interpolated string
     * @throws EvaluationException when the data has no value for a part, or the budget is spent
     */
    public @Nullable Object evaluate(Bindings bindings, Budget budget) {
        if (programs.length == 0) {
            return texts[0];
        }
        int part = 0;
        try {
            if (single) {
                return programs[0].run(bindings, budget);
            }
            int locals = 0;
            for (Program program : programs) {
                locals = Math.max(locals, program.locals());
            }
            Frame frame = new Frame(bindings, budget, locals);
            StringBuilder out = new StringBuilder(texts[0].length() + 64);
            out.append(texts[0]);
            for (; part < programs.length; part++) {
                Texts.appendInterpolated(out, programs[part].run(frame), frame);
                out.append(texts[part + 1]);
                frame.checkTextLength(out.length());
            }
            return out.toString();
        } catch (Fault fault) {
            throw fault.inSource(source, offsets[Math.min(part, offsets.length - 1)]);
        }
    }

    /**
     * Returns the source.
     *
     * @return the text the template was compiled from
     */
    @Override
    public String toString() {
        return source;
    }
}
