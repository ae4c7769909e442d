package io.auterity.relay.tokens;

import io.auterity.relay.money.ModelName;
import java.util.List;

/**
 * The tokens of an image, whose size is not looked at.
 *
 * <p>OpenAI's figures are those that its guide "Images and vision" is cited with, and for models since GPT-5.2 what users have
 * measured. Some models count tiles: the image is scaled to fit into 2048
 * pixels square, then to 768 on its shorter side, which makes 8 tiles of 512 at most, and one of 1024 pixels square has 4.
 * Others count patches of 32 pixels, 1,536 at most, or 10,000 with the detail {@code original}, times a factor; one of 1024 pixels
 * square has 1,024. The bounds are no lower than what is usual for the models of others, so that a change of a factor does not
 * break them.
 *
 * @param expected what one of 1024 pixels square is charged as
 * @param window what one hardly ever exceeds in the model's window
 * @param most what one is charged as at most
 */
record ImageTokens(long expected, long window, long most) {

    /** What an image has at most where nothing more is known; the providers scale larger ones down. */
    private static final long USUAL = 8_000;

    /** Anthropic's guide has 1,334 for 1000 pixels square, and less than 5,000 for the largest. */
    private static final ImageTokens OTHERS = new ImageTokens(1_334, USUAL, USUAL);

    /** Models, the first that fits counts; a name ends where a dash, a colon or nothing follows. */
    private static final List<Family> FAMILIES = List.of(
            new Family("gpt-4o-mini", new ImageTokens(2_833 + 4 * 5_667, USUAL, 2_833 + 8 * 5_667)), // priced, not read
            new Family("gpt-4.1-mini", patches(1.62)),
            new Family("gpt-5-mini", patches(1.62)),
            new Family("gpt-4.1-nano", patches(2.46)),
            new Family("gpt-5-nano", patches(2.46)),
            new Family("o4-mini", patches(1.72)),
            new Family("gpt-4o", tiles(85, 170)),
            new Family("chatgpt-4o", tiles(85, 170)),
            new Family("gpt-4.1", tiles(85, 170)),
            new Family("gpt-4.5", tiles(85, 170)),
            new Family("gpt-4", tiles(85, 170)),
            new Family("gpt-5", tiles(70, 140)),
            new Family("o1", tiles(75, 150)),
            new Family("o3", tiles(75, 150)));

    /** Those since GPT-5.2, which have the detail {@code original} and the factor 1.2. */
    private static final ImageTokens NEWER = new ImageTokens(1_229, 12_000, 12_000);

    private record Family(String name, ImageTokens tokens) {

        boolean has(String model) {
            return model.startsWith(name)
                    && (model.length() == name.length() || "-:".indexOf(model.charAt(name.length())) >= 0);
        }
    }

    private static ImageTokens tiles(long base, long tile) {
        return new ImageTokens(base + 4 * tile, USUAL, USUAL);
    }

    private static ImageTokens patches(double factor) {
        return new ImageTokens((long) Math.ceil(1_024 * factor), USUAL, USUAL);
    }

    /** What an image has at a model, by its name, whoever serves it; a fine-tuned one is known by what it was made of. */
    static ImageTokens of(ModelName model) {
        String name = model.model().substring(model.model().lastIndexOf('/') + 1);
        String known = name.startsWith("ft:") ? name.substring("ft:".length()) : name;
        return FAMILIES.stream()
                .filter(family -> family.has(known))
                .map(Family::tokens)
                .findFirst()
                .orElse(known.startsWith("gpt-") ? NEWER : OTHERS);
    }

    /** What an image is charged as at most, at any model. */
    static long mostOfAny() {
        return FAMILIES.stream().mapToLong(family -> family.tokens().most()).reduce(NEWER.most(), Math::max);
    }
}
