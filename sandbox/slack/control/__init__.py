"""The control API: look at everything, act as a person, order faults."""
