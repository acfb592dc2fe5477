"""What Dagster loads. Assembly only."""

import dagster as dg

from pipelines.assets.floors import FLOORS
from pipelines.assets.reingest import reingest_job
from pipelines.assets.report import report
from pipelines.assets.resources import Warehouse
from pipelines.assets.schedules import nightly_job, nightly_schedule
from pipelines.assets.sensors import night_failure, raw_changed, still_looking
from pipelines.assets.warehouse import candidate_build, published

defs = dg.Definitions(
    assets=[*FLOORS, candidate_build, published, report],
    jobs=[nightly_job, reingest_job],
    schedules=[nightly_schedule],
    sensors=[raw_changed, night_failure, still_looking],
    resources={"warehouse": Warehouse()},
)
