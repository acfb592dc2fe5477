"""The nightly job and when it runs."""

import dagster as dg

nightly_job = dg.define_asset_job(
    "nightly",
    selection=dg.AssetSelection.all(),
    executor_def=dg.in_process_executor,
    description="从 raw/ 到已发布仓库的全过程 / From raw/ to the published warehouse, one run over "
    "all that changed.",
)

nightly_schedule = dg.ScheduleDefinition(
    name="nightly_0200",
    job=nightly_job,
    cron_schedule="0 2 * * *",
    execution_timezone="Asia/Shanghai",
    default_status=dg.DefaultScheduleStatus.RUNNING,
    description="每日北京时间 02:00 / Every night at 02:00 Asia/Shanghai.",
)
