package io.auterity.journal;

import io.auterity.definition.RunId;

/**
 * A run that an engine has taken and must go on with.
 *
 * @param run the run
 * @param workflow its workflow's identifier
 * @param version its definition's semantic hash
 * @param recoveries how often in a row it was taken from a lease that had run out, without a new entry in between; 0 when
 *     it was parked, or given back by an engine that closed
 */
public record Claim(RunId run, String workflow, String version, int recoveries) {}
