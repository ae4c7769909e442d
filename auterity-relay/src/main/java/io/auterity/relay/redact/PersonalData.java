package io.auterity.relay.redact;

import com.google.re2j.Pattern;
import java.math.BigInteger;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * Kinds of personal data that are found by their form, and by their check digits where they have some, so that an order's
 * number is not taken for a card.
 */
public enum PersonalData {
    /** Addresses of mail. */
    EMAIL("[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})\\.){1,8}[A-Za-z]{2,24}", text -> true),
    /** International bank account numbers, in groups or not; with their check digits (ISO 13616). */
    IBAN("[A-Za-z]{2}[0-9]{2}(?:[ ]?[A-Za-z0-9]){11,30}", PersonalData::isIban),
    /** Numbers of payment cards of 13 to 19 digits, in groups or not; with their check digit (ISO 7812, Luhn). */
    CARD("[0-9](?:[ -]?[0-9]){12,18}", PersonalData::isCard),
    /**
     * Numbers that a state gives to people: of the USA (social security), the United Kingdom (national insurance), Spain (DNI
     * and NIE), Switzerland (AHV), France (NIR) and Germany (tax), with their check digits where they have some.
     */
    NATIONAL_ID(
            "[0-9]{3}-[0-9]{2}-[0-9]{4}"
                    + "|(?i:[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[A-D])"
                    + "|(?i:[XYZ]-?[0-9]{7}-?[A-Z])|[0-9]{8}-?[A-Za-z]"
                    + "|756[.]?[0-9]{4}[.]?[0-9]{4}[.]?[0-9]{2}"
                    + "|[12][ ]?[0-9]{2}[ ]?[0-9]{2}[ ]?[0-9][0-9AB][ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{2}"
                    + "|[0-9]{2}[ ]?[0-9]{3}[ ]?[0-9]{3}[ ]?[0-9]{3}",
            PersonalData::isNationalId),
    /** Telephone numbers, written with the code of their country or of their area. */
    PHONE(
            "(?:[+]|00)[1-9][0-9]{0,2}(?:[ ./-]?[(]?[0-9]{1,5}[)]?){2,6}"
                    + "|[(]?0[0-9]{1,4}[)]?[ ./-](?:[ ./-]?[0-9]{2,5}){2,4}"
                    + "|(?:[(][2-9][0-9]{2}[)][ ]?|[2-9][0-9]{2}[-.])[0-9]{3}[-. ][0-9]{4}",
            PersonalData::isPhone);

    private static final int LETTER_BASE = 36;
    private static final BigInteger IBAN_MODULUS = BigInteger.valueOf(97);
    private static final String DNI_LETTERS = "TRWAGMYFPDXBNJZSQVHLCKE";

    private final Pattern pattern;
    private final Predicate<String> check;

    PersonalData(String pattern, Predicate<String> check) {
        this.pattern = Pattern.compile(pattern);
        this.check = check;
    }

    Pattern pattern() {
        return pattern;
    }

    boolean isReally(String text) {
        return check.test(text);
    }

    private static String digits(String text) {
        return text.replaceAll("[^0-9]", "");
    }

    private static boolean isPhone(String text) {
        boolean isDate = text.matches("[0-9]{1,4}[./-][0-9]{1,2}[./-][0-9]{1,4}");
        return !isDate && digits(text).length() >= 8 && digits(text).length() <= 15;
    }

    private static boolean isIban(String text) {
        String compact = text.replace(" ", "").toUpperCase(Locale.ROOT);
        String turned = compact.substring(4) + compact.substring(0, 4);
        StringBuilder number = new StringBuilder();
        for (char c : turned.toCharArray()) {
            number.append(Character.digit(c, LETTER_BASE));
        }
        return compact.length() >= 15
                && compact.length() <= 34
                && new BigInteger(number.toString()).mod(IBAN_MODULUS).intValue() == 1;
    }

    private static boolean isCard(String text) {
        String digits = digits(text);
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            int digit = digits.charAt(digits.length() - 1 - i) - '0';
            int weighted = i % 2 == 0 ? digit : 2 * digit;
            sum += weighted > 9 ? weighted - 9 : weighted;
        }
        return sum % 10 == 0 && !digits.matches("0+");
    }

    private static boolean isNationalId(String text) {
        String compact = text.replaceAll("[ .-]", "").toUpperCase(Locale.ROOT);
        if (text.matches(
                "[0-9]{3}-[0-9]{2}-[0-9]{4}")) { // no area is 000, 666 or above 899, no group 00, no number 0000
            return !text.matches("(000|666|9..)-.*|...-00-.*|.*-0000");
        }
        if (compact.matches("[A-Z]{2}[0-9]{6}[A-D]")) {
            return !compact.matches("(BG|GB|KN|NK|NT|TN|ZZ).*");
        }
        if (compact.matches("[0-9XYZ][0-9]{7}[A-Z]")) {
            String number =
                    compact.substring(0, 8).replace('X', '0').replace('Y', '1').replace('Z', '2');
            return DNI_LETTERS.charAt(Integer.parseInt(number) % DNI_LETTERS.length()) == compact.charAt(8);
        }
        return switch (compact.length()) {
            case 11 -> isGermanTaxNumber(compact);
            case 13 -> isArticleNumber(compact);
            case 15 -> isFrench(compact);
            default -> false;
        };
    }

    /** The check digit of EAN-13, which Swiss numbers have. */
    private static boolean isArticleNumber(String digits) {
        int sum = 0;
        for (int i = 0; i < digits.length(); i++) {
            sum += (digits.charAt(i) - '0') * (i % 2 == 0 ? 1 : 3);
        }
        return digits.startsWith("756") && sum % 10 == 0;
    }

    private static boolean isFrench(String text) {
        String number = text.substring(0, 13).replace("2A", "19").replace("2B", "18"); // Corsica
        return number.matches("[0-9]+")
                && text.substring(13).matches("[0-9]{2}")
                && 97 - Long.parseLong(number) % 97 == Integer.parseInt(text.substring(13));
    }

    /** ISO 7064, MOD 11,10; the first digit is no zero. */
    private static boolean isGermanTaxNumber(String digits) {
        int product = 10;
        for (int i = 0; i < 10; i++) {
            int sum = (digits.charAt(i) - '0' + product) % 10;
            product = (sum == 0 ? 10 : sum) * 2 % 11;
        }
        int check = (11 - product) % 10;
        return digits.charAt(0) != '0' && check == digits.charAt(10) - '0';
    }
}
