"""What `walklist sniff` prints: the draft of some files, made with all that the known sources tell."""

import re
from collections.abc import Sequence
from pathlib import Path

from models.errors import ConfigError
from pipelines.calendar import read_calendar
from pipelines.layouts.source import read_source, source_paths
from pipelines.settings import CONFIGS
from pipelines.sniff.about import UNKNOWN_STATE
from pipelines.sniff.draft import draft_source
from pipelines.sniff.sample import read_samples
from pipelines.sniff.vocabulary import Vocabulary


def sniff_files(files: Sequence[Path], state: str = "") -> str:
    """The YAML of a draft.

    Args:
        files: Files of one delivery.
        state: Two letters of the state; empty where it is not told.

    Raises:
        ConfigError: The state is not told by two letters.
        LayoutError: A file cannot be opened, or nothing in it is known.
    """
    if state and not re.fullmatch("[A-Z]{2}", state):
        raise ConfigError("--state takes the two letters of a state, such as KS.")
    known = [read_source(CONFIGS, name) for name in source_paths(CONFIGS)]
    calendar = read_calendar(CONFIGS).of_state(state) if state else ()
    return draft_source(read_samples(files), Vocabulary.of(known), state or UNKNOWN_STATE, calendar)
