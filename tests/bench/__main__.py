"""All benchmarks, one after the other: `python -m tests.bench`."""

from tests.bench import ack, forms, reading, scale, start

for benchmark in (start, reading, ack, forms, scale):
    benchmark.main()
