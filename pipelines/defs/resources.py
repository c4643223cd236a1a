"""What every asset is given: the data root, the configurations in force, and the words in which a fault is told."""

import contextlib
import errno
import getpass
import logging
import os
import sqlite3
import time
from collections.abc import Generator
from functools import cached_property
from typing import Any

import dagster as dg
import duckdb
import filelock

from models.errors import ConfigError, WalklistError
from pipelines.calendar import ElectionsConfig, read_calendar
from pipelines.lake import Lake
from pipelines.layouts.source import Source, Vendor, read_source, read_vendor
from pipelines.locking import PATIENCE_SECONDS, is_held_for_us, run_lock
from pipelines.policy import Policy, read_policy
from pipelines.raw.adopted import with_adopted
from pipelines.settings import Settings, read_settings
from pipelines.telling import fault_sentence, place_of

log = logging.getLogger("walklist")


class Desk(dg.ConfigurableResource):
    """The environment of a run: one profile, its data root and its configurations."""

    profile: str

    @contextlib.contextmanager
    def yield_for_execution(self, context: dg.InitResourceContext) -> Generator["Desk"]:
        """The desk of a run holds the data root from its first step to its last; sensors and schedules only look.

        Raises:
            Failure: Another run held it longer than the profile's `wait_minutes`.
        """
        if context.run is None:
            yield self
            return
        with held(self.settings, context.log):
            yield self

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

    @property
    def sources(self) -> dict[str, Source]:
        """The sources of this profile by name, with the layout entries that people adopted up to now."""
        return {name: with_adopted(self.lake, name, source) for name, source in self._configured.items()}

    @cached_property
    def _configured(self) -> dict[str, Source]:
        return {name: read_source(self.settings.configs, name) for name in self.settings.profile.sources}

    @property
    def vendors(self) -> dict[str, Vendor]:
        """The vendors and campaign sources of this profile by name, with the layout entries that people adopted."""
        names = self.settings.profile.vendors
        return {name: with_adopted(self.lake, name, read_vendor(self.settings.configs, name)) for name in names}

    @cached_property
    def policy(self) -> Policy:
        """What data may be used for, and who may decide."""
        return read_policy(self.settings.configs)

    def source_of(self, state: str) -> tuple[str, Source]:
        """Name and configuration of the source of a state.

        Raises:
            ConfigError: The profile has no source of that state.
        """
        for name, source in self.sources.items():
            if source.state == state:
                return name, source
        raise ConfigError(f"configs/profiles/{self.profile}.yaml: none of its sources is of {state}. Add one.")

    @property
    def identity(self) -> str:
        """Who acts, from the environment: `WALKLIST_USER`, else the login name."""
        return os.environ.get("WALKLIST_USER") or getpass.getuser()


@contextlib.contextmanager
def held(settings: Settings, report: Any) -> Generator[None]:
    """The data root for one run alone; a run that waits for another says so every minute.

    Raises:
        Failure: Another run held it longer than the profile's `wait_minutes`.
    """
    if is_held_for_us():
        yield
        return
    lock, patience = run_lock(settings.root), settings.profile.wait_minutes
    deadline = time.monotonic() + 60 * patience
    while True:
        left = deadline - time.monotonic()
        try:
            lock.acquire(timeout=max(0, min(PATIENCE_SECONDS, left)))
            break
        except filelock.Timeout:
            if left <= PATIENCE_SECONDS:
                waited = f"another run has been at work for more than {patience} minutes"
                raise dg.Failure(
                    f"{settings.root}: {waited}. Look at it in the UI, then launch this one again."
                ) from None
            report.info(f"{settings.root}: another run is at work; waiting for it, {left / 60:.0f} minutes at most.")
    try:
        yield
    finally:
        lock.release()


class Told(list[str]):
    """Counts that a step adds while it works, for its line in the log."""

    def __str__(self) -> str:
        """The counts as they were added."""
        return ", ".join(self)


MAY_PASS = (duckdb.IOException, duckdb.OutOfMemoryException, sqlite3.OperationalError, OSError, MemoryError)
"""Faults of the machine, not of the data: a full disk, a lock, too little memory."""

_MACHINE_ERRORS = (
    errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.ENOMEM, errno.EMFILE, errno.ENFILE, errno.EAGAIN, errno.EBUSY,
    errno.ETIMEDOUT, errno.EINTR, errno.ESTALE,
)  # fmt: skip


@contextlib.contextmanager
def told_in_words(subject: str) -> Generator[Told]:
    """Log what was done and how long it took; turn every fault into a sentence without a value of a row.

    A fault that the program names is not retried, since the same input gives it again; nor is a fault of the program.
    What may pass is, also where it stands behind a sentence. Texts of engines are withheld, for they may quote a row.
    """
    started, told = time.monotonic(), Told()
    try:
        yield told
    except dg.Failure:
        raise
    except WalklistError as error:
        raise dg.Failure(description=str(error), allow_retries=_is_of_machine(error.__context__)) from None
    except MAY_PASS as error:
        raise dg.Failure(description=f"{subject}: {_plain(error)} at {place_of(error)}. This may pass.") from None
    except Exception as error:
        raise dg.Failure(description=fault_sentence(subject, error), allow_retries=False) from None
    log.info("%-26s %-56s %7.1f s", subject, told, time.monotonic() - started)


def _is_of_machine(cause: BaseException | None) -> bool:
    """Whether the machine stands behind a named fault: a missing or broken file is one of the data."""
    if isinstance(cause, OSError):
        return isinstance(cause, filelock.Timeout) or cause.errno in _MACHINE_ERRORS
    return isinstance(cause, MAY_PASS)


def _plain(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno)
    return f"the engine stopped ({type(error).__name__})"
