package io.auterity.definition;

/** The codes of what can be wrong with the text of a definition; {@code docs/errors.md} explains each. */
final class Codes {

    static final String SYNTAX = "AUT-D001";
    static final String VERSION = "AUT-D002";
    static final String MISSING = "AUT-D003";
    static final String UNKNOWN_KEY = "AUT-D004";
    static final String KIND = "AUT-D005";
    static final String TYPE = "AUT-D006";
    static final String DURATION = "AUT-D007";
    static final String REPEATED = "AUT-D008";
    static final String WORD = "AUT-D009";
    static final String NUMBER = "AUT-D010";
    static final String LIMIT = "AUT-D011";
    static final String CONTRADICTION = "AUT-D012";
    static final String EXPRESSION = "AUT-D013";
    static final String YAML_FEATURE = "AUT-D014";
    static final String INSTANT = "AUT-D015";

    private Codes() {}
}
