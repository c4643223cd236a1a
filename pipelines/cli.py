"""The command line: thin words over the flow. Exit codes: 0 done, 1 a state failed, 2 a fault told in words, 75 busy."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

app = typer.Typer(
    help="Voter files in, scores that a campaign can trust out.", no_args_is_help=True, add_completion=False
)

Profile = Annotated[str, typer.Option("--profile", envvar="WALKLIST_PROFILE", help="A file in configs/profiles.")]


@contextmanager
def _in_words() -> Iterator[None]:
    """Print a named fault as its sentence, and leave with a stable code."""
    from models.errors import WalklistError
    from pipelines.engine import BusyError

    try:
        yield
    except WalklistError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(75 if isinstance(error, BusyError) else 2) from None


@app.command()
def check() -> None:
    """Read every YAML of configs/ and list all faults at once."""
    from pipelines.checking import check_configs

    with _in_words():
        typer.echo(check_configs())


@app.command()
def simulate(
    profile: Profile = "demo", voters: Annotated[int | None, typer.Option(help="Voters per state.")] = None
) -> None:
    """Write the simulated deliveries of a profile into its landing folder, and the truth beside them."""
    from pipelines.demo import simulate_landing

    with _in_words():
        simulate_landing(_settings(profile), voters)


@app.command()
def run(
    profile: Profile = "local", state: Annotated[list[str] | None, typer.Option(help="Only these states.")] = None
) -> None:
    """Run the flow once, from what has landed to the published scores."""
    from pipelines.demo import print_product
    from pipelines.engine import run_states, show_progress

    with _in_words():
        settings = _settings(profile)
        show_progress()
        failed = [found for found in run_states(settings, state) if not found.is_success]
        for found in failed:
            typer.echo(f"{found.state} failed: {found.reason}", err=True)
        if failed:
            raise typer.Exit(1)
        print_product(settings)


@app.command()
def demo() -> None:
    """Simulate voters with known truth, run the whole flow on them, and show what is published."""
    simulate("demo", None)
    run("demo", None)


@app.command()
def prepare(profile: Profile = "local") -> None:
    """Make the data root, Dagster's storage and MLflow's database of a profile, and print its environment."""
    from pipelines.engine import environment
    from pipelines.engine import prepare as make_root

    with _in_words():
        settings = _settings(profile)
        make_root(settings)
        for name, value in environment(settings).items():
            typer.echo(f"{name}={value}")


@app.command()
def ui(profile: Profile = "demo") -> None:
    """Open Dagster on port 3000 and MLflow on port 5000, on a profile's data; stop them with Ctrl-C."""
    from pipelines.desk import serve

    with _in_words():
        serve(_settings(profile))


@app.command()
def michigan() -> None:
    """Run the flow on the 2006 Michigan experiment, where its public data are at hand."""
    from pipelines.demo import land_michigan

    with _in_words():
        land_michigan(_settings("michigan"), os.environ.get("WALKLIST_SHARED"))
    run("michigan", None)


@app.command()
def dictionary(
    is_check: Annotated[bool, typer.Option("--check", help="Only say whether it is fresh.")] = False,
) -> None:
    """Render data/dictionary.md from the table classes."""
    from pipelines.dictionary import is_fresh, write_dictionary
    from pipelines.engine import checkout_file

    path = checkout_file("data/dictionary.md")
    if not is_check:
        write_dictionary(path)
    elif not is_fresh(path):
        typer.echo("data/dictionary.md is stale. Run `walklist dictionary`.", err=True)
        raise typer.Exit(2)


def _settings(profile: str):
    from pipelines.settings import read_settings

    os.environ["WALKLIST_PROFILE"] = profile
    return read_settings(profile)
