"""The catalogue as a file that people edit: entries to YAML, YAML to entries, and what an import would change. Pure."""

from bot.catalogue_file.difference import difference, told
from bot.catalogue_file.page import MOST_BYTES, Wrong
from bot.catalogue_file.reading import Reading, read
from bot.catalogue_file.writing import meant, write

__all__ = ["MOST_BYTES", "Reading", "Wrong", "difference", "meant", "read", "told", "write"]
