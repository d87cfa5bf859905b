"""The grammar: typed words in, a Command or a Mistake out. Pure."""

from bot.grammar.by_run import HIGHEST_RUN
from bot.grammar.declared import TYPES, written_spec
from bot.grammar.decode import without_mention
from bot.grammar.flags import FLAGS, Flag, check_options
from bot.grammar.names import fixed_name, folded, name_fault, suggest
from bot.grammar.parse import LONGEST, parse
from bot.grammar.verbs import VERBS, Verb, verb
from bot.grammar.written import pointed, written

__all__ = [
    "FLAGS",
    "HIGHEST_RUN",
    "LONGEST",
    "TYPES",
    "VERBS",
    "Flag",
    "Verb",
    "check_options",
    "fixed_name",
    "folded",
    "name_fault",
    "parse",
    "pointed",
    "suggest",
    "verb",
    "without_mention",
    "written",
    "written_spec",
]
