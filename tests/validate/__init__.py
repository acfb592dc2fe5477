"""Tests of pipelines/validate."""
