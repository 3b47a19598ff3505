"""Every fault switch of the simulator against a read, a write, a batch and a refresh."""
