"""The commands of the command line, by what a person wants: run a night, ask, keep in order."""
