package io.auterity.expression;

/** The only value of "not there", never part of a result; and, as bindings, the value of every slot. */
enum Absent implements Bindings {
    ABSENT;

    @Override
    public Object get(int slot) {
        return this;
    }

    @Override
    public String toString() {
        return "absent";
    }
}
