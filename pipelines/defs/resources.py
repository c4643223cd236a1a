"""What every asset is given: the data root, the configurations in force, and the words in which a fault is told."""

import contextlib
import getpass
import logging
import os
import time
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import dagster as dg
import duckdb

from models.errors import WalklistError
from pipelines.calendar import ElectionsConfig, read_calendar
from pipelines.lake import Lake
from pipelines.layouts.source import Source, read_source
from pipelines.settings import Settings, read_settings

log = logging.getLogger("walklist")


class Desk(dg.ConfigurableResource):
    """The environment of a run: one profile, its data root and its configurations."""

    profile: str

    @cached_property
    def settings(self) -> Settings:
        """The profile and the folders that follow from it."""
        return read_settings(self.profile)

    @cached_property
    def lake(self) -> Lake:
        """The data root."""
        profile = self.settings.profile
        lake = Lake(self.settings.root, profile.memory_limit, profile.threads)
        lake.prepare()
        return lake

    @cached_property
    def calendar(self) -> ElectionsConfig:
        """The calendar of elections."""
        return read_calendar(self.settings.configs)

    @cached_property
    def sources(self) -> dict[str, Source]:
        """The sources of this profile, by name."""
        return {name: read_source(self.settings.configs, name) for name in self.settings.profile.sources}

    def source_of(self, state: str) -> tuple[str, Source]:
        """Name and configuration of the source of a state."""
        return next((name, source) for name, source in self.sources.items() if source.state == state)

    @property
    def identity(self) -> str:
        """Who acts, from the environment: `WALKLIST_USER`, else the login name."""
        return os.environ.get("WALKLIST_USER") or getpass.getuser()


@contextlib.contextmanager
def told_in_words(subject: str) -> Iterator[None]:
    """Log what was done and how long it took; turn every fault into a sentence without a value of a row.

    A fault that the program names is not retried, since the same input gives it again. What it does not name may pass:
    a full disk, a lock. Its own text is withheld, for engines quote the row they stumbled on.
    """
    started = time.monotonic()
    try:
        yield
    except WalklistError as error:
        raise dg.Failure(description=str(error), allow_retries=False) from None
    except dg.Failure:
        raise
    except (duckdb.Error, OSError, MemoryError) as error:
        raise dg.Failure(description=f"{subject}: {_plain(error)}. It is tried again.") from None
    except Exception as error:
        place = error.__traceback__
        while place and place.tb_next:
            place = place.tb_next
        where = (
            f"{Path(place.tb_frame.f_code.co_filename).name}, line {place.tb_lineno}" if place else "an unknown place"
        )
        raise dg.Failure(
            description=f"{subject}: a fault of the program ({type(error).__name__} in {where}).", allow_retries=False
        ) from None
    log.info("%-28s %6.1f s", subject, time.monotonic() - started)


def _plain(error: BaseException) -> str:
    number = getattr(error, "errno", None)
    return (
        os.strerror(number) if isinstance(error, OSError) and number else f"the engine stopped ({type(error).__name__})"
    )
