"""The command line: thin words over the flow.

Exit codes of `walklist run`, which stay as they are:

0   every state is fresh and published
1   a state failed; the others are published
2   a fault told in words, mostly of a configuration; nothing was run
3   all states ran, and one stands at its last good rows: its newest delivery is held or waits
70  a fault of the program
75  another run is at work on the data root

The other commands use 0, 2, 70 and 75 in the same sense; `walklist check FILE` leaves with 3 when the file would be
held.
"""

import os
import shlex
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pipelines.engine import StateRun

app = typer.Typer(
    help="Voter files in, scores that a campaign can trust out.\n\nStart with `walklist demo`, then `walklist ui`.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip

Profile = Annotated[str, typer.Option("--profile", envvar="WALKLIST_PROFILE", help="A file in configs/profiles.")]


@contextmanager
def _in_words() -> Generator[None]:
    """Print a fault as a sentence, without a value of a row, and leave with a stable code."""
    from models.errors import WalklistError
    from pipelines.engine import BusyError
    from pipelines.telling import fault_sentence

    try:
        yield
    except typer.Exit:
        raise
    except WalklistError as error:
        typer.echo(f"{error}", err=True)
        raise typer.Exit(75 if isinstance(error, BusyError) else 2) from None
    except Exception as error:
        typer.echo(fault_sentence("walklist", error), err=True)
        raise typer.Exit(70) from None


@app.command()
def check(
    files: Annotated[
        list[Path] | None, typer.Argument(help="Files of one delivery to hold against their layout, codes among them.")
    ] = None,
    state: Annotated[str, typer.Option(help="State, or source, that the files are of, such as NC.")] = "",
    day: Annotated[str, typer.Option(help="Day that they were made, 2026-10-01; today if not given.")] = "",
    role: Annotated[str, typer.Option(help="voters or history, where their names do not say so.")] = "",
    profile: Profile = "local",
) -> None:
    """Hold files against their layout without loading them; without a file, read every YAML of configs/.

    Leaves with 0 when all is in order, with 3 when the files would be held.
    """
    from pipelines.checking import check_configs
    from pipelines.trying import check_files

    with _in_words():
        if not files:
            typer.echo(check_configs())
            return
        told, is_fit = check_files(_settings(profile), files, state, day, role)
        typer.echo(told)
        raise typer.Exit(0 if is_fit else 3)


@app.command()
def sniff(
    files: Annotated[
        list[Path], typer.Argument(help="Files of one delivery: voters, and their history if it is apart.")
    ],
    state: Annotated[str, typer.Option(help="The two letters of the state.")] = "",
) -> None:
    """Draft a layout for unknown files and print it; what is uncertain carries its reason in a comment."""
    from pipelines.sniff.command import sniff_files

    with _in_words():
        typer.echo(sniff_files(files, state.upper()))


@app.command()
def simulate(
    profile: Profile = "demo", voters: Annotated[int | None, typer.Option(help="Voters per state.")] = None
) -> None:
    """Write the simulated deliveries of a profile into its landing folder, and the truth beside them."""
    from pipelines.demo import simulate_landing

    with _in_words():
        simulate_landing(_settings(profile), voters)


@app.command()
def review(
    state: Annotated[str, typer.Argument(help="Two letters of the state.")],
    decisions: Annotated[Path | None, typer.Argument(help="A sheet with decisions, to be taken in.")] = None,
    profile: Profile = "local",
) -> None:
    """Write a sheet of doubtful links for a person to decide on, or take in the decisions of one."""
    from pipelines.engine import review_links, show_progress

    with _in_words():
        settings = _settings(profile)
        show_progress()
        raise typer.Exit(0 if review_links(settings, state.upper(), decisions) else 1)


@app.command()
def run(
    profile: Profile = "local", state: Annotated[list[str] | None, typer.Option(help="Only these states.")] = None
) -> None:
    """Run the flow once, from what has landed to the published scores."""
    from pipelines.demo import print_product
    from pipelines.engine import exit_code, run_states, show_progress

    with _in_words():
        settings = _settings(profile)
        show_progress()
        runs = run_states(settings, state)
        if all(found.is_success for found in runs):
            print_product(settings)
        for found in runs:
            _tell(found)
        raise typer.Exit(exit_code(runs))


def _tell(run: "StateRun") -> None:
    """Say of a state that failed, or stands at older rows, why."""
    if not run.is_success:
        typer.echo(f"{run.state} failed, what was published before stays in use. {run.reason}", err=True)
    elif not run.is_fresh:
        typer.echo(f"{run.state} stands at its last good rows: {run.reason}", err=True)


@app.command()
def decide(
    delivery: Annotated[str, typer.Argument(help="delivery_id or file_id, as core_voters and raw_receipts show it.")],
    choice: Annotated[str, typer.Argument(help="approve, approve_as_it_is or reject.")],
    why: Annotated[str, typer.Option(help="Your reason; it stands in raw_receipts.")],
    profile: Profile = "local",
) -> None:
    """Approve or reject a held delivery, then run its state to the published scores."""
    from pipelines.engine import exit_code, run_decision, show_progress

    with _in_words():
        settings = _settings(profile)
        show_progress()
        found = run_decision(settings, delivery, choice, why)
        _tell(found)
        raise typer.Exit(exit_code([found]))


@app.command()
def demo() -> None:
    """Simulate voters with known truth, run the whole flow on them, and show what is published."""
    simulate("demo", None)
    run("demo", None)


@app.command()
def prepare(profile: Profile = "local") -> None:
    """Make the data root and the databases of a profile, and print its environment: eval "$(walklist prepare)"."""
    from pipelines.engine import environment
    from pipelines.engine import prepare as make_root

    with _in_words():
        settings = _settings(profile)
        make_root(settings)
        for name, value in environment(settings).items():
            typer.echo(f"export {name}={shlex.quote(value)}")


@app.command()
def ui(
    profile: Profile = "demo",
    dagster_port: Annotated[int, typer.Option(help="Port of Dagster on this machine.")] = 3000,
    mlflow_port: Annotated[int, typer.Option(help="Port of MLflow on this machine.")] = 5000,
) -> None:
    """Open Dagster and MLflow on a profile's data; Ctrl-C closes both."""
    from pipelines.desk import serve

    with _in_words():
        serve(_settings(profile), dagster_port, mlflow_port)


@app.command()
def study(profile: Annotated[str, typer.Argument(help="A profile whose source is a study.")]) -> None:
    """Run the flow on a public field experiment, where its data are at hand."""
    from pipelines.demo import land_study

    with _in_words():
        land_study(_settings(profile), os.environ.get("WALKLIST_SHARED"))
    run(profile, None)


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
        typer.echo("data/dictionary.md is written.")
    elif not is_fresh(path):
        typer.echo("data/dictionary.md is stale. Run `walklist dictionary`.", err=True)
        raise typer.Exit(2)


def _settings(profile: str):
    from pipelines.settings import read_settings

    os.environ["WALKLIST_PROFILE"] = profile
    return read_settings(profile)
