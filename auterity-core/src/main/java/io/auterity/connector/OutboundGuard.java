package io.auterity.connector;

/** The one guard between connectors and the network: vets every address before anything connects to it. */
public final class OutboundGuard {}
