package io.auterity.connector.minilm;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Cuts texts into the pieces of words that the model knows, as the tokenizer of its makers does.
 *
 * <p>A text is cleaned (no control characters, a space for every white space), Chinese characters and punctuation become words
 * of their own, accents and capitals are dropped. Each word is then covered from its beginning by the longest pieces of the
 * vocabulary; one that cannot be covered is unknown as a whole. The rules are those of BERT uncased: "BertNormalizer",
 * "BertPreTokenizer" and "WordPiece" of Hugging Face's tokenizers; {@code WordPiecesTest} compares with these. What a text says
 * is never a command: {@code [SEP]} in it is five characters.
 *
 * <p>Immutable and thread-safe.
 */
final class WordPieces {

    private static final String INSIDE = "##";

    /** Longer words are unknown, which bounds the work for each. */
    private static final int LONGEST_WORD = 100;

    private final Map<String, Long> whole = new HashMap<>();
    private final Map<String, Long> inside = new HashMap<>();
    private final long unknown;
    private final long begin;
    private final long end;

    /**
     * Makes a tokenizer.
     *
     * @param vocabulary each piece and its number; pieces inside a word begin with {@code ##}
     */
    WordPieces(Map<String, Long> vocabulary) {
        vocabulary.forEach((piece, number) -> {
            if (piece.startsWith(INSIDE) && piece.length() > INSIDE.length()) {
                inside.put(piece.substring(INSIDE.length()), number);
            } else {
                whole.put(piece, number);
            }
        });
        unknown = special("[UNK]");
        begin = special("[CLS]");
        end = special("[SEP]");
    }

    private long special(String piece) {
        Long number = whole.remove(piece);
        if (number == null) {
            throw new IllegalArgumentException("the vocabulary has no " + piece);
        }
        return number;
    }

    /**
     * Cuts a text.
     *
     * @param text any text
     * @param most how many tokens are enough
     * @return the numbers of its pieces between those of the begin and the end; if there are more than {@code most}, only so many
     *     that this can be seen
     */
    long[] of(String text, int most) {
        List<Long> tokens = new ArrayList<>();
        tokens.add(begin);
        StringBuilder word = new StringBuilder();
        int at = 0;
        while (at < text.length() && tokens.size() < most) {
            int next = text.offsetByCodePoints(at, 1);
            int character = text.codePointAt(at);
            if (isSpace(character)) {
                cover(word, tokens);
            } else if (isIdeograph(character)) {
                cover(word, tokens);
                add(character, word, tokens);
                cover(word, tokens);
            } else if (!isControl(character)) {
                add(character, word, tokens);
            }
            at = next;
        }
        cover(word, tokens);
        tokens.add(end);
        return tokens.stream().mapToLong(Long::longValue).toArray();
    }

    /** Adds a character without its accents and in lower case; what is punctuation then is a word of its own. */
    private void add(int character, StringBuilder word, List<Long> tokens) {
        Normalizer.normalize(Character.toString(character), Normalizer.Form.NFD)
                .codePoints()
                .filter(part -> Character.getType(part) != Character.NON_SPACING_MARK)
                .map(Character::toLowerCase)
                .forEach(part -> {
                    if (isPunctuation(part)) {
                        cover(word, tokens);
                        word.appendCodePoint(part);
                        cover(word, tokens);
                    } else {
                        word.appendCodePoint(part);
                    }
                });
    }

    private void cover(StringBuilder word, List<Long> tokens) {
        if (word.isEmpty()) {
            return;
        }
        String rest = word.toString();
        word.setLength(0);
        if (rest.codePointCount(0, rest.length()) > LONGEST_WORD) {
            tokens.add(unknown);
            return;
        }
        int before = tokens.size();
        Map<String, Long> pieces = whole;
        while (!rest.isEmpty()) {
            int length = rest.length();
            while (length > 0 && !pieces.containsKey(rest.substring(0, length))) {
                length--;
            }
            if (length == 0) {
                tokens.subList(before, tokens.size()).clear();
                tokens.add(unknown);
                return;
            }
            tokens.add(pieces.get(rest.substring(0, length)));
            rest = rest.substring(length);
            pieces = inside;
        }
    }

    private static boolean isSpace(int character) {
        return character == '\t' || character == '\n' || character == '\r' || Character.isSpaceChar(character);
    }

    private static boolean isControl(int character) {
        if (character == 0xFFFD) {
            return true;
        }
        return switch (Character.getType(character)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE, Character.SURROGATE -> true;
            default -> false;
        };
    }

    private static boolean isPunctuation(int character) {
        if (character < 0x80) {
            return character > ' ' && !Character.isLetterOrDigit(character) && character != 0x7F;
        }
        return switch (Character.getType(character)) {
            case Character.CONNECTOR_PUNCTUATION,
                    Character.DASH_PUNCTUATION,
                    Character.START_PUNCTUATION,
                    Character.END_PUNCTUATION,
                    Character.INITIAL_QUOTE_PUNCTUATION,
                    Character.FINAL_QUOTE_PUNCTUATION,
                    Character.OTHER_PUNCTUATION -> true;
            default -> false;
        };
    }

    /** The ranges of the model's makers, with their gap before U+2B920. */
    private static boolean isIdeograph(int character) {
        return (character >= 0x4E00 && character <= 0x9FFF)
                || (character >= 0x3400 && character <= 0x4DBF)
                || (character >= 0x20000 && character <= 0x2A6DF)
                || (character >= 0x2A700 && character <= 0x2B73F)
                || (character >= 0x2B740 && character <= 0x2B81F)
                || (character >= 0x2B920 && character <= 0x2CEAF)
                || (character >= 0xF900 && character <= 0xFAFF)
                || (character >= 0x2F800 && character <= 0x2FA1F);
    }
}
