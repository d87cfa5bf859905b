"""The reader that the tests of one process share: starting one for each test takes longer than most tests."""

from functools import cache

from bot.reader import Reader


@cache
def reader() -> Reader:
    """It ends with the process, and knows no event loop."""
    return Reader(workers=1)
