package io.auterity.expression;

/** The only value of "not there"; never part of a result. */
enum Absent {
    ABSENT;

    @Override
    public String toString() {
        return "absent";
    }
}
