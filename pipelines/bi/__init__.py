"""The warehouse in front of people: what a BI tool is told of it, and the tool itself."""
