"""Measurements against the simulators, as real processes."""
