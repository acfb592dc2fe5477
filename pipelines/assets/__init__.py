"""The thin Dagster layer: assets, checks, resource, schedule. The ledger is the truth."""
