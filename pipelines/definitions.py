"""The code location: everything in `defs/`, bound to the profile in force."""

from pathlib import Path

import dagster as dg


@dg.definitions
def defs() -> dg.Definitions:
    """All assets, jobs, schedules and sensors, with the resources of `WALKLIST_PROFILE`."""
    from pipelines.defs.io import TableHandles
    from pipelines.defs.resources import Desk
    from pipelines.settings import read_settings

    desk = Desk(profile=read_settings().name)
    bound = dg.Definitions(resources={"desk": desk, "io_manager": TableHandles(desk)}, executor=dg.in_process_executor)
    return dg.Definitions.merge(dg.load_from_defs_folder(path_within_project=Path(__file__).parent), bound)
