"""All benchmarks, one after the other: `python -m tests.bench`."""

from tests.bench import ack, cadence, forms, scale, start

for benchmark in (cadence, start, ack, forms, scale):
    benchmark.main()
