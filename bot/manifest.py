"""Where the app's manifest is."""

from pathlib import Path


def manifest() -> Path:
    """The app's manifest: beside the package in a checkout, inside it where it's installed."""
    here = Path(__file__).parent
    inside = here / "manifest.yml"
    return inside if inside.exists() else here.parent / "manifest.yml"
