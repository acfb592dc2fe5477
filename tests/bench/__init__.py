"""Benchmarks: each module prints a line of JSON. Run by `make bench`; no timed tests."""
