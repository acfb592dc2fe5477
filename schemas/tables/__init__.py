"""Every table of the warehouse: one Pandera model each, the only declaration of its columns."""

from schemas.tables import (
    amounts,
    bodies,
    classes,
    conformed,
    controls,
    dimensions,
    evidence,
    facts,
    history,
    marts,
    marts_compared,
    marts_conformed,
    marts_coverage,
    marts_projects,
    marts_targets,
    projects,
    statements,
)
from schemas.tables.base import Table

#: All published tables, dimensions first, in the order in which they are created.
TABLES: tuple[type[Table], ...] = (
    *bodies.TABLES,
    *dimensions.TABLES,
    *projects.TABLES,
    *classes.TABLES,
    *conformed.TABLES,
    *statements.TABLES,
    *facts.TABLES,
    *amounts.TABLES,
    *evidence.TABLES,
    *controls.TABLES,
    *history.TABLES,
    *marts.TABLES,
    *marts_coverage.TABLES,
    *marts_conformed.TABLES,
    *marts_compared.TABLES,
    *marts_targets.TABLES,
    *marts_projects.TABLES,
    *projects.MARTS,
)

__all__ = ["TABLES", "Table"]
