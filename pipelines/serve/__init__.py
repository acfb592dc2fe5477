"""Serve: questions to the published build. Read-only, and never waiting for a writer."""
