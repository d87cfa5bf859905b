"""The two platforms behind one Protocol."""
