"""Tests of pipelines/extract/pdf: pages drawn by hand."""
