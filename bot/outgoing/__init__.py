"""Events that go back to a source: kept in order, signed, delivered at least once."""
