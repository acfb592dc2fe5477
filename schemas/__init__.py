"""What things are: tables, layouts, codes. Imports neither pipelines nor Dagster."""
