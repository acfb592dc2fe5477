"""The report of the published build: one page for people, without a network and without SQL."""
