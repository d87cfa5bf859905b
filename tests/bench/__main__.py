"""All benchmarks, one after the other: `python -m tests.bench`. The exit code says whether all was reached."""

import sys

from tests.bench import ack, cadence, endings, forms, reading, scale, start

sys.exit(max([benchmark.main() for benchmark in (cadence, reading, start, ack, forms, scale, endings)]))
