"""Records from sources: taken in, resolved, posted exactly once, or held by a named cause."""
