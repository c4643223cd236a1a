"""What a draft cannot know of a source: placeholders that can be read, each marked for a person to fill in."""

from typing import Any

from pipelines.sniff.notes import Noted

UNKNOWN_STATE = "ZZ"
"""Letters that stand for a state that was not told."""

_FILL_IN = "fill in"


def voters_not_shown() -> dict[str, Any]:
    """A file of voters that was not shown, as a layout must have one."""
    format_ = {"kind": "delimited", "delimiters": [","], "encodings": ["utf-8"], "names": ["voter_id"]}
    match = Noted(["no-such-file"], "fill in: the file of voters was not shown; sniff it together with this one")
    return {"match": match, "format": format_, "voters": {"voter_id": {"from": "voter_id", "key": True}}}


def about_source(state: str) -> dict[str, Any]:
    """What only a person knows, with values that can be read."""
    return {
        "state": state if state != UNKNOWN_STATE else Noted(state, f"{_FILL_IN}: the two letters of the state"),
        "name": Noted(state, f"{_FILL_IN}: name for people"),
        "obtained_from": Noted("not told", f"{_FILL_IN}: who gave the file"),
        "license": Noted(None, f"{_FILL_IN}: licence or statute"),
        "permitted_uses": Noted([], f"{_FILL_IN}: elections, research, as the terms say"),
        "refresh_days": Noted(30, f"{_FILL_IN}: usual days between files"),
        "posting_lag_days": Noted(45, f"{_FILL_IN}: days until a history is posted"),
        "registration_closes_days": Noted(30, f"{_FILL_IN}: usual days before an election"),
    }
