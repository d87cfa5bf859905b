"""Golden threads: what a corpus of real-looking notebooks becomes in a thread, and a command that takes pictures."""
