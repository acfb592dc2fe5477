"""Sorts of suggestions, each in a module of its own."""

from pipelines.serve.suggest import bodies, projects
from pipelines.serve.suggest.base import Source

#: All sorts, in the order in which they are listed.
SOURCES: tuple[Source, ...] = (*bodies.SOURCES, *projects.SOURCES)

__all__ = ["SOURCES", "Source"]
