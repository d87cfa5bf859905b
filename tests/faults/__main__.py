"""`python -m tests.faults [words…]`: the crash matrix, printed as a table. With `--replicas`: the replicas' stories.

The exit code is 1 where something went wrong.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time

from tests.faults import matrix
from tests.replicas import long


def main() -> int:
    """Play what was asked for."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description="The crash matrix.")
    parser.add_argument("--replicas", action="store_true", help="tell the stories of replicas at length instead")
    parser.add_argument("words", nargs="*", help="only boundaries with one of these words in their names")
    parser.add_argument("--at-once", type=int, default=16, help="cells played at the same time (default 16)")
    parser.add_argument("--why", action="store_true", help="print what was seen and logged where something went wrong")
    options = parser.parse_args()
    return asyncio.run(long.tell()) if options.replicas else _matrix(options)


def _matrix(options: argparse.Namespace) -> int:
    begun = time.monotonic()
    why: list[str] = []

    def told(place: matrix.Place, wrong: list[str]) -> None:
        sys.stderr.write("x" if wrong else ".")
        sys.stderr.flush()
        why.extend([f"\n=== {' · '.join(place)}: {', '.join(wrong[:-1])}", wrong[-1]] if wrong else [])

    found = asyncio.run(matrix.fill(matrix.cells(*options.words), options.at_once, told))
    good = sum(not wrong for wrong in found.values())
    if options.why:
        sys.stderr.write("\n".join(why))
    sys.stdout.write(f"\n{matrix.table(found)}\n\n{good} of {len(found)} hold, {time.monotonic() - begun:.0f} s\n")
    return 0 if good == len(found) else 1


if __name__ == "__main__":
    sys.exit(main())
