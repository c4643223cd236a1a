"""Tells people: the command of the profile is called when a delivery is held, once for each reason."""

import subprocess

import dagster as dg

from pipelines.core.delivery import Judgement
from pipelines.defs.resources import Desk
from pipelines.lake import fingerprint


def call_held_command(context: dg.AssetExecutionContext, desk: Desk, judgement: Judgement) -> None:
    """Log a held delivery and call the profile's command with its name, unless that reason was told already.

    A command that fails is logged and called again at the next run; it never stops the flow.
    """
    if judgement.verdict != "held":
        return
    context.log.warning(judgement.reason)
    words = {"source": judgement.delivery.source, "delivery": judgement.delivery.delivery_id}
    command = [part.format(**words) for part in desk.settings.profile.held_command]
    told = desk.lake.root / "raw" / "told" / fingerprint(judgement.delivery.delivery_id, judgement.reason)
    if not command or told.exists():
        return
    try:
        subprocess.run(command, timeout=30, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        context.log.warning(f"The command for held deliveries failed ({type(error).__name__}): {command[0]}.")
        return
    told.parent.mkdir(parents=True, exist_ok=True)
    told.touch()
