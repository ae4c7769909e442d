package io.auterity.broken;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;

/** Properties with and without fixed samples; nothing runs them. */
public abstract class Lucky {
    @Property
    void without_a_seed(@ForAll int number) {}

    @Property(seed = "1")
    void with_a_seed(@ForAll int number) {}

    @Property
    @Tag("nightly")
    void nightly(@ForAll int number) {}
}
