"""Tells people: the command of the profile is called when a delivery is held."""

import subprocess

import dagster as dg

from pipelines.core.delivery import Judgement
from pipelines.defs.resources import Desk


def call_held_command(context: dg.AssetExecutionContext, desk: Desk, judgement: Judgement) -> None:
    """Log a held delivery and call the profile's command with its name; a command that fails is logged, no more."""
    if judgement.verdict != "held":
        return
    context.log.warning(judgement.reason)
    words = {"source": judgement.delivery.source, "delivery": judgement.delivery.delivery_id}
    command = [part.format(**words) for part in desk.settings.profile.held_command]
    if not command:
        return
    try:
        subprocess.run(command, timeout=30, check=True, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        context.log.warning(f"The command for held deliveries failed ({type(error).__name__}): {command[0]}.")
