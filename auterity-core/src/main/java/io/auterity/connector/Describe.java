package io.auterity.connector;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Says what a record, or a component of one, means, and which values it takes; goes into the JSON Schema. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.TYPE, ElementType.RECORD_COMPONENT})
public @interface Describe {

    /**
     * Returns the meaning.
     *
     * @return a sentence for people
     */
    String value();

    /**
     * Returns the only values a text may have.
     *
     * @return the values; empty for any
     */
    String[] oneOf() default {};

    /**
     * Returns the language that a text is written in, if it is a program of some kind. The compiler then takes only a text
     * that is written out: one put together from values could say something else than its author meant.
     *
     * @return a media type, as in {@code application/sql}; empty for a text that is just a value
     */
    String language() default "";

    /**
     * Returns the least number.
     *
     * @return the minimum, inclusive; {@link Long#MIN_VALUE} for none
     */
    long minimum() default Long.MIN_VALUE;

    /**
     * Returns the greatest number.
     *
     * @return the maximum, inclusive; {@link Long#MAX_VALUE} for none
     */
    long maximum() default Long.MAX_VALUE;
}
