"""All benchmarks, one after the other: `python -m tests.bench`."""

from tests.bench import ack, endings, forms, scale, start

for benchmark in (start, ack, forms, scale, endings):
    benchmark.main()
