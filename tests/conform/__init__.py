"""Tests of pipelines/conform."""
