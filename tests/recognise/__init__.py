"""Tests of pipelines/recognise."""
