package io.auterity.connector.jdbc;

import java.util.function.Consumer;

/**
 * Word between the processes that share a database that there may be something to do. It may get lost, come twice, or come
 * for nothing: whoever hears it looks, and looks now and then in any case. Thread-safe.
 */
interface Notices extends AutoCloseable {

    /** Nothing is told and nothing heard: everybody looks now and then. */
    Notices NONE = new Notices() {
        @Override
        public void hear(Consumer<String> heard, Runnable missed) {}

        @Override
        public void tell(String word) {}

        @Override
        public void close() {}
    };

    /**
     * Begins to hear what others tell; called once at most.
     *
     * @param heard is given each word on a thread of this; quick
     * @param missed is called whenever words may have been missed, and when hearing begins; quick
     */
    void hear(Consumer<String> heard, Runnable missed);

    /**
     * Tells all others, soon. The same word told again before that is told once.
     *
     * @param word at most some hundred characters; may be empty
     */
    void tell(String word);

    /** Tells what has not been told, and hears nothing more. */
    @Override
    void close();
}
