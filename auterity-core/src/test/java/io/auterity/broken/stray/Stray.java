package io.auterity.broken.stray;

/** Lives in a package that no table names and no annotation marks. */
final class Stray {}
