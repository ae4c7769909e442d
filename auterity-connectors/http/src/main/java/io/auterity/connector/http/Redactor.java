package io.auterity.connector.http;

import io.auterity.definition.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Cuts the secrets of a request out of texts that leave it, in the encodings in which a server may send them back.
 *
 * <p>Immutable and thread-safe.
 */
final class Redactor {

    private static final String CUT = "***";
    /** Shorter secrets would cut holes into ordinary words. */
    private static final int SHORTEST = 4;

    private final List<String> forms;

    private Redactor(Set<String> forms) {
        // The longest first, so that a form inside another leaves nothing behind.
        this.forms = forms.stream()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    static Redactor of(Collection<String> secrets) {
        Set<String> forms = new LinkedHashSet<>();
        for (String secret : secrets) {
            if (secret.length() >= SHORTEST) {
                byte[] bytes = secret.getBytes(StandardCharsets.UTF_8);
                String json = Json.write(secret);
                String url = URLEncoder.encode(secret, StandardCharsets.UTF_8);
                String hex = HexFormat.of().formatHex(bytes);
                forms.add(secret);
                forms.add(json.substring(1, json.length() - 1));
                forms.add(url);
                forms.add(url.replace("+", "%20"));
                forms.add(url.toLowerCase(Locale.ROOT));
                forms.add(Base64.getEncoder().encodeToString(bytes));
                forms.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
                forms.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
                forms.add(hex);
                forms.add(hex.toUpperCase(Locale.ROOT));
                forms.add(new StringBuilder(secret).reverse().toString());
            }
        }
        return new Redactor(forms);
    }

    String redact(String text) {
        String safe = text;
        for (String form : forms) {
            safe = safe.replace(form, CUT);
        }
        return safe;
    }
}
