"""How hard the property tests look: as hard as a suite of minutes allows, or `--hypothesis-profile=thorough`."""

from hypothesis import settings

settings.register_profile("suite", max_examples=30, deadline=None)
settings.register_profile("thorough", max_examples=2_000, deadline=None)
settings.load_profile("suite")
