"""All benchmarks, one after the other: `python -m tests.bench`."""

from tests.bench import ack, scale, start

for benchmark in (start, ack, scale):
    benchmark.main()
