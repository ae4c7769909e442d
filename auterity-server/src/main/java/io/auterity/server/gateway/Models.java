package io.auterity.server.gateway;

import io.auterity.relay.decide.Capability;
import io.auterity.relay.decide.Deployment;
import io.auterity.relay.decide.ModelCard;
import io.auterity.relay.decide.Policy;
import io.auterity.relay.money.ModelName;
import io.auterity.relay.provider.Protocol;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Finds the models that a caller means, among those its key may call. Immutable and thread-safe. */
final class Models {

    /** The name that leaves the choice to the router. */
    static final String AUTO = "auto";

    private final List<ModelCard> cards;
    private final Map<String, Set<ModelName>> aliases;
    private final Map<ModelName, Protocol> protocols;

    /**
     * Makes the models of a policy.
     *
     * @param protocols the interface in which each provider chats
     * @throws IllegalArgumentException if a model is at providers of two interfaces
     */
    Models(Policy policy, Map<String, Set<ModelName>> aliases, Map<String, Protocol> protocols) {
        cards = policy.models();
        this.aliases = Map.copyOf(aliases);
        Map<ModelName, Protocol> spoken = new HashMap<>();
        for (Deployment deployment : policy.deployments()) {
            Protocol protocol = protocols.getOrDefault(deployment.provider(), Protocol.CHAT_COMPLETIONS);
            Protocol before = spoken.putIfAbsent(deployment.model(), protocol);
            if (before != null && before != protocol) {
                throw new IllegalArgumentException("the deployments of " + deployment.model()
                        + " speak two interfaces, " + before + " and " + protocol
                        + "; give those of each a model's name of their own, and both names one alias");
            }
        }
        this.protocols = Map.copyOf(spoken);
    }

    /** Everything a key can name: aliases, and models by their full names. */
    List<String> names(VirtualKey key) {
        Set<String> names = new TreeSet<>();
        names.add(AUTO);
        aliases.forEach((alias, models) -> {
            if (models.stream().anyMatch(model -> isAllowed(model, key))) {
                names.add(alias);
            }
        });
        cards.stream()
                .map(ModelCard::name)
                .filter(name -> isAllowed(name, key))
                .forEach(name -> names.add(name.toString()));
        return List.copyOf(names);
    }

    private static boolean isAllowed(ModelName model, VirtualKey key) {
        return key.models().isEmpty() || key.models().contains(model);
    }

    /**
     * Returns the models that may answer.
     *
     * @throws Refused if there is none
     */
    Set<ModelName> find(Inquiry inquiry, VirtualKey key) {
        Set<ModelName> named = named(inquiry.model());
        Set<ModelName> allowed = named.stream()
                .filter(model -> isAllowed(model, key))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (allowed.isEmpty()) {
            // a model that another key may call is told apart from none by nothing
            throw Refused.of(
                    404,
                    "model_not_found",
                    "there is no model '" + shortened(inquiry.model()) + "'; GET /v1/models lists those of this key");
        }
        Set<ModelName> able = allowed.stream()
                .filter(model -> inquiry.form().isFor(protocol(model)))
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (able.isEmpty()) {
            boolean isAlone = inquiry.form().isAlone();
            throw Refused.of(
                    400,
                    "unsupported_value",
                    (isAlone ? "the request is one that" : "the request has what")
                            + " only providers of another interface than that of '"
                            + shortened(inquiry.model()) + "' understand: "
                            + shortened(String.join(", ", inquiry.form().only()))
                            + (isAlone ? "; " : "; leave it out, or ")
                            + "name a model of such a provider");
        }
        boolean isEmbedding = inquiry.needs().contains(Capability.EMBEDDINGS);
        Set<ModelName> fit = cards.stream()
                .filter(card -> card.capabilities().contains(Capability.EMBEDDINGS) == isEmbedding)
                .map(ModelCard::name)
                .filter(able::contains)
                .collect(Collectors.toCollection(LinkedHashSet::new));
        if (fit.isEmpty()) {
            throw Refused.field(
                    "model",
                    "'" + shortened(inquiry.model()) + "' "
                            + (isEmbedding ? "makes no vectors" : "makes vectors, and does not chat"));
        }
        return fit;
    }

    /** The interface in which a model's providers chat. */
    Protocol protocol(ModelName model) {
        return protocols.getOrDefault(model, Protocol.CHAT_COMPLETIONS);
    }

    private Set<ModelName> named(String name) {
        if (name.equals(AUTO)) {
            return cards.stream().map(ModelCard::name).collect(Collectors.toSet());
        }
        Set<ModelName> alias = aliases.get(name);
        if (alias != null) {
            return alias;
        }
        return cards.stream()
                .map(ModelCard::name)
                .filter(model -> model.toString().equals(name) || model.model().equals(name))
                .collect(Collectors.toSet());
    }

    private static String shortened(String name) {
        return name.length() <= 100 ? name : name.substring(0, 100) + "...";
    }

    /** The list of models, in OpenAI's form. */
    static Map<String, Object> openAi(Collection<String> names) {
        List<Object> data = new ArrayList<>(names.stream().map(Models::openAi).toList());
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("object", "list");
        json.put("data", data);
        return json;
    }

    /** One model, in OpenAI's form. */
    static Map<String, Object> openAi(String name) {
        int slash = name.indexOf('/');
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("id", name);
        json.put("object", "model");
        json.put("created", 0L);
        json.put("owned_by", slash < 0 ? "auterity" : name.substring(0, slash));
        return json;
    }

    /** The list of models, in Anthropic's form. */
    static Map<String, Object> anthropic(List<String> names) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("data", names.stream().map(Models::anthropic).toList());
        json.put("has_more", false);
        json.put("first_id", names.get(0));
        json.put("last_id", names.get(names.size() - 1));
        return json;
    }

    /** One model, in Anthropic's form. */
    static Map<String, Object> anthropic(String name) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("type", "model");
        json.put("id", name);
        json.put("display_name", name);
        json.put("created_at", "1970-01-01T00:00:00Z");
        return json;
    }
}
