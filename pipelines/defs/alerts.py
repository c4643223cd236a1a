"""Tells people: the command of the profile is called when a delivery is held and when a state's run failed."""

import logging
import subprocess
from dataclasses import dataclass
from typing import Any

from pipelines.core.delivery import Judgement
from pipelines.defs.resources import Desk
from pipelines.lake import fingerprint
from pipelines.settings import fill_alert

Log = logging.Logger | Any
"""A logger, or the log of a Dagster context."""


@dataclass(frozen=True)
class Alert:
    """What people are told, without a value of a person's row.

    Attributes:
        event: `held` or `failed`.
        state: Two-letter code, or `-` where a run is not of one state.
        source: Name of the state's source.
        subject: The delivery or the run.
        reason: Why; told once for each. It is not given to the command.
    """

    event: str
    state: str
    source: str
    subject: str
    reason: str


def alert_held(log: Log, desk: Desk, state: str, judgement: Judgement) -> None:
    """Log a held delivery and tell people, once for each reason."""
    if judgement.verdict != "held":
        return
    log.warning(judgement.reason)
    delivery = judgement.delivery
    call_alert_command(log, desk, Alert("held", state, delivery.source, delivery.delivery_id, judgement.reason))


def alert_drift(log: Log, desk: Desk, state: str, reason: str) -> None:
    """Tell people that a state's new scores are held because they moved too far, once for each reason."""
    log.warning(reason)
    call_alert_command(log, desk, Alert("held", state, _source_of(desk, state), f"scores-{state}", reason))


def alert_failed(log: Log, desk: Desk, state: str, run_id: str) -> None:
    """Tell people that the run of a state failed, once for each run."""
    call_alert_command(log, desk, Alert("failed", state, _source_of(desk, state), f"run-{run_id[:8]}", run_id))


def _source_of(desk: Desk, state: str) -> str:
    return next((name for name, found in desk.sources.items() if found.state == state), "-")


def call_alert_command(log: Log, desk: Desk, alert: Alert) -> None:
    """Call the profile's command, unless it was called for the same already.

    A command that fails is logged and called again at the next run; it never stops the flow.
    """
    words = {"state": alert.state, "source": alert.source, "subject": alert.subject, "event": alert.event}
    command = fill_alert(desk.settings.profile.alert_command, words)
    told = desk.lake.root / "raw" / "told" / fingerprint(alert.event, alert.subject, alert.reason)
    if not command or told.exists():
        return
    try:
        subprocess.run(command, timeout=30, check=True, capture_output=True)
        told.parent.mkdir(parents=True, exist_ok=True)
        told.touch()
    except (OSError, subprocess.SubprocessError) as error:
        log.warning(f"The command for alerts failed ({type(error).__name__}): {command[0]}.")
