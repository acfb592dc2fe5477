"""The published build, handed on to other tools: files with a data package, other databases."""
