"""Threadbook killed at every boundary between two effects, and what is true afterwards: `python -m tests.faults`."""
