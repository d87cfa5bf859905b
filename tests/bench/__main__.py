"""All benchmarks, one after the other: `python -m tests.bench`."""

from tests.bench import ack, cadence, endings, forms, reading, scale, start

for benchmark in (cadence, reading, start, ack, forms, scale, endings):
    benchmark.main()
