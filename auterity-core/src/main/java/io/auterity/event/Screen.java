package io.auterity.event;

import java.io.Flushable;
import java.io.IOException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a terminal's text: lines that stay, and below them lines that are written anew each time.
 *
 * <p>The cursor rests below the last line. A drawing is one write: up to the first line that goes, erase to the end of
 * the screen, then everything again.
 */
final class Screen {

    private static final Logger LOG = LoggerFactory.getLogger(Screen.class);
    private static final String ERASE = "\r\u001b[J";

    private final Appendable out;
    private final boolean isLive;
    private int drawn;
    private boolean broken;

    Screen(Appendable out, ProgressStyle style) {
        this.out = out;
        this.isLive = style.isLive();
    }

    void draw(List<String> lasting, List<String> live) {
        if (broken || (lasting.isEmpty() && live.isEmpty() && drawn == 0)) {
            return;
        }
        StringBuilder text = new StringBuilder();
        if (isLive && drawn > 0) {
            text.append("\u001b[").append(drawn).append('A').append(ERASE);
        }
        lasting.forEach(line -> text.append(line).append('\n'));
        live.forEach(line -> text.append(line).append('\n'));
        drawn = live.size();
        try {
            out.append(text);
            if (out instanceof Flushable flushable) {
                flushable.flush();
            }
        } catch (IOException e) {
            broken = true; // nobody reads on; the runs go on without being watched
            LOG.debug("progress cannot be written any more", e);
        }
    }
}
