package io.auterity.relay.budget;

/**
 * What has one balance: a payer in a window of a period.
 *
 * @param payer who spends
 * @param period the kind of window
 * @param window the window
 */
public record Account(Scope payer, Period period, Period.Window window) {}
