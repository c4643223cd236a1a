"""Where this environment keeps its data and which sources, models and targets it runs: the profile."""

import os
from pathlib import Path

from pydantic import Field, field_validator

from models.config import Strict, read_config

CHECKOUT = Path(__file__).resolve().parent.parent
CONFIGS = Path(os.environ.get("WALKLIST_CONFIGS", CHECKOUT / "configs"))


class Profile(Strict):
    """One environment: where data are found, what runs in it, and how much of the machine it may use."""

    data_root: str = Field(description="Folder of all data, relative to the checkout or absolute.")
    sources: list[str] = Field(
        description="Sources that run here: names of files in configs/states or configs/studies."
    )
    vendors: list[str] = Field(
        [], description="Vendors and campaign sources that run here: names of files in configs/vendors."
    )
    models: list[str] = Field(description="Models that run here: names of files in configs/models.")
    experiments: list[str] = Field([], description="Experiments read out here: names of files in configs/experiments.")
    publication: str = Field(
        "voter_scores", description="Publication of this environment: a file in configs/publications."
    )
    memory_limit: str = Field("1GB", description="Memory that the SQL engine may use before it spills to disk.")
    threads: int = Field(2, ge=1, description="Threads of the SQL engine and of the models, count.")
    workers: int = Field(
        1, ge=1, description="States that `walklist run` works on at once, each in a process of its own, count."
    )
    settle_seconds: int = Field(
        30, ge=0, description="A landed file is left alone until it has not grown for so long, seconds."
    )
    schedules: list[str] = Field([], description="Schedules that run here: names in configs/schedules.yaml.")
    time_zone: str = Field("America/New_York", description="Time zone of the schedules and of the morning page, IANA.")
    wait_minutes: int = Field(
        120, ge=0, description="How long a run from the UI waits for another one on the same data root, minutes."
    )
    alert_command: list[str] = Field(
        [],
        description="Command called when a delivery is held or a run failed; {state}, {source}, {subject} and {event} "
        "(held or failed) are filled in.",
    )

    @field_validator("alert_command")
    @classmethod
    def _known_placeholders(cls, command: list[str]) -> list[str]:
        try:
            fill_alert(command, dict.fromkeys(ALERT_WORDS, ""))
        except (KeyError, IndexError, ValueError, AttributeError):
            known = ", ".join(f"{{{word}}}" for word in ALERT_WORDS)
            raise ValueError(f"what stands in braces is one of {known}; write {{{{ for a brace") from None
        return command


ALERT_WORDS = ("state", "source", "subject", "event")


def fill_alert(command: list[str], words: dict[str, str]) -> list[str]:
    """The command with its placeholders filled in."""
    return [part.format(**words) for part in command]


class Settings(Strict):
    """The profile in force and the folders that follow from it."""

    name: str = Field(description="Name of the profile: its file in configs/profiles.")
    profile: Profile = Field(description="Its content.")
    configs: Path = Field(description="Folder of the configurations.")
    root: Path = Field(description="Folder of all data.")

    @property
    def landing(self) -> Path:
        """Where received files are dropped: `<landing>/<source>/<snapshot_date>/`."""
        return self.root / "landing"

    @property
    def tracking_uri(self) -> str:
        """Database of MLflow."""
        return os.environ.get("MLFLOW_TRACKING_URI", f"sqlite:///{self.root / 'mlflow' / 'mlflow.db'}")

    @property
    def artifact_root(self) -> Path:
        """Folder of MLflow's artefacts."""
        return self.root / "mlflow" / "artifacts"

    @property
    def dagster_home(self) -> Path:
        """Folder of Dagster's storage."""
        return self.root / "dagster"


def read_settings(name: str | None = None) -> Settings:
    """The settings of the profile that is named, or of `WALKLIST_PROFILE`, or of `local`.

    `WALKLIST_DATA` moves the data root, `WALKLIST_CONFIGS` the configurations.

    Raises:
        ConfigError: The profile is missing or broken.
    """
    chosen = name or os.environ.get("WALKLIST_PROFILE", "local")
    profile = read_config(Profile, CONFIGS / "profiles" / f"{chosen}.yaml")
    root = Path(os.environ.get("WALKLIST_DATA", profile.data_root))
    return Settings(name=chosen, profile=profile, configs=CONFIGS, root=root if root.is_absolute() else CHECKOUT / root)
