"""What the desk shows of a held delivery: why, how it differs, the entry that would read it, and how to decide."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote, urlencode

import dagster as dg
import yaml

from pipelines.core.findings import Finding, read_finding
from pipelines.defs.tables import markdown_table, reason_of
from pipelines.lake import Lake
from pipelines.raw.receipts import Delivery

_DECIDE_PAGE = "/locations/walklist/jobs/{}/playground/setup"  # code location as pyproject.toml names it


@dataclass(frozen=True)
class Decider:
    """The job in which people decide on held deliveries.

    Attributes:
        job: Its name.
        asset: The asset in it that takes the decision.
    """

    job: str
    asset: str


OF_STATES = Decider("decide", "raw_receipts")
OF_VENDORS = Decider("decide_records", "raw_record_receipts")


def held_metadata(
    lake: Lake, state: str, deliveries: Sequence[Delivery], decider: Decider = OF_STATES
) -> dict[str, dg.MetadataValue]:
    """The newest held delivery, laid out for a person who has a minute; nothing where none is held.

    Args:
        lake: Data root.
        state: Two-letter code, or a vendor's name: the partition.
        deliveries: All deliveries of its source, oldest first.
        decider: Where people decide on them.
    """
    held = [delivery for delivery in deliveries if delivery.verdict == "held"]
    if not held:
        return {}
    newest = held[-1]
    finding = read_finding(lake, newest) or Finding("", [reason_of(newest)])
    told: dict[str, dg.MetadataValue] = {
        "held 1: why": dg.MetadataValue.md(_listed(finding.reasons)),
        "held 2: difference": dg.MetadataValue.md(_listed(finding.differences) or "None beyond that."),
        "held 3: files": _files_table(finding),
        "held 4: proposed layout entry": dg.MetadataValue.md(_proposed(finding)),
    }
    return told | {
        f"held 5: {choice}": dg.MetadataValue.md(_choice(_link(decider, state, newest, choice), meaning))
        for choice, meaning in _choices(finding).items()
    }


def _listed(sentences: Sequence[str]) -> str:
    return "\n".join(f"- {escape(sentence, quote=False)}" for sentence in sentences)


def _files_table(finding: Finding) -> dg.MetadataValue:
    if not finding.files:
        return dg.MetadataValue.md("None of them was opened.")
    return markdown_table([_file_row(name, facts) for name, facts in finding.files.items()])


def _file_row(name: str, facts: dict[str, Any]) -> dict[str, Any]:
    shown = {"bytes": "bytes_count", "rows": "row_count", "refused": "reject_count", "lines": "line_count"}
    counts = {label: facts.get(key) if facts.get(key) is not None else "-" for label, key in shown.items()}
    delimiter = facts.get("delimiter")
    told = {"encoding": facts.get("encoding") or "-", "delimiter": repr(delimiter).strip("'") if delimiter else "-"}
    return {"file": name, **counts, **told}


def _proposed(finding: Finding) -> str:
    if not finding.entry:
        return "None: no layout entry would read these files."
    return f"```yaml\n{finding.entry}```"


def _choices(finding: Finding) -> dict[str, str]:
    """What a person may choose, with what it means."""
    choices = {"approve": "Adopt the proposed layout entry; the delivery is judged by it."} if finding.entry else {}
    if finding.is_read:
        choices["approve_as_it_is"] = "Accept the delivery as it was read."
    return choices | {"reject": "Never look at it again; the last good snapshot stays in use."}


def _choice(link: str, meaning: str) -> str:
    """A choice as a link to the job with everything filled in but the reason; short, so that it is shown at once."""
    return f"{meaning} [Open the job]({link}), write your reason under `why`, Launch run."


def decide_config(asset: str, delivery_id: str, choice: str, why: str) -> dict[str, Any]:
    """The run configuration of a job that decides."""
    return {"ops": {asset: {"config": {"delivery": delivery_id, "choice": choice, "why": why}}}}


def _link(decider: Decider, state: str, delivery: Delivery, choice: str) -> str:
    """The launchpad of the job with the partition chosen and the configuration written."""
    filled = {
        "config": yaml.safe_dump(decide_config(decider.asset, delivery.delivery_id, choice, ""), sort_keys=False),
        "tags[0][key]": "dagster/partition",
        "tags[0][value]": state,
    }
    return f"{_DECIDE_PAGE.format(decider.job)}?{urlencode(filled, quote_via=quote)}"
