"""Opens the two user interfaces on a profile's data, and closes them together, with everything they started."""

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass
from pathlib import Path

from models.errors import WalklistError
from pipelines.engine import environment, prepare
from pipelines.settings import CHECKOUT, Settings

HOST, PATIENCE_SECONDS, GRACE_SECONDS = "127.0.0.1", 300, 15


class DeskError(WalklistError):
    """A user interface cannot be opened, or ended by itself."""


@dataclass(frozen=True)
class Server:
    """One of the two user interfaces.

    Attributes:
        name: Its name.
        port: Port on this machine.
        command: How it is started.
        log: File that takes what it prints.
    """

    name: str
    port: int
    command: list[str]
    log: Path


def serve(settings: Settings, dagster_port: int = 3000, mlflow_port: int = 5000) -> None:
    """Run Dagster and the MLflow server until Ctrl-C, SIGTERM, or the end of one of them.

    Raises:
        DeskError: A port is in use, or a server ended by itself.
    """
    servers = _servers(settings, dagster_port, mlflow_port)
    demand_free(servers)
    prepare(settings)
    _stop_on_signals()
    try:
        with contextlib.ExitStack() as stack:
            running = [(server, stack.enter_context(_started(server, settings))) for server in servers]
            _await(running)
            _tell(settings, servers)
            _watch(running)
    except KeyboardInterrupt:
        print("Both are closed.", flush=True)


def demand_free(servers: list[Server]) -> None:
    """Refuse to start when a port is taken.

    Raises:
        DeskError: It names every port that is taken, and the option that chooses another.
    """
    taken = [server for server in servers if _answers(server.port)]
    if taken:
        named = " and ".join(f"port {server.port} (for {server.name})" for server in taken)
        options = " ".join(f"--{server.name.lower()}-port {server.port + 1}" for server in taken)
        raise DeskError(f"In use by another program: {named}. Close it, or choose another: walklist ui {options}")


def _servers(settings: Settings, dagster_port: int, mlflow_port: int) -> list[Server]:
    python, home = Path(sys.executable), settings.dagster_home
    tracking = [
        str(python), "-m", "mlflow", "server", "--backend-store-uri", settings.tracking_uri, "--workers", "1",
        "--artifacts-destination", str(settings.artifact_root), "--host", HOST, "--port", str(mlflow_port),
    ]  # fmt: skip
    desk = [str(python.parent / "dg"), "dev", "--host", HOST, "--port", str(dagster_port)]
    return [
        Server("Dagster", dagster_port, desk, home / "dagster.log"),
        Server("MLflow", mlflow_port, tracking, home / "mlflow.log"),
    ]


def _stop_on_signals() -> None:
    """End on SIGINT and SIGTERM, even where the shell that started this in the background ignores SIGINT.

    A signal that is handled here is at its default in the servers; one that is ignored would be ignored by them too.
    """

    def stop(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


@contextlib.contextmanager
def _started(server: Server, settings: Settings) -> Generator[subprocess.Popen[bytes]]:
    """The server in a process group of its own, which is gone when the block ends."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    variables = {**os.environ, **environment(settings), "PATH": path, "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    with server.log.open("wb") as log:
        process = subprocess.Popen(
            server.command, cwd=CHECKOUT, env=variables, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip
    try:
        yield process
    finally:
        close_group(process)


def close_group(process: subprocess.Popen[bytes], grace_seconds: float = GRACE_SECONDS) -> None:
    """End a process and all that it started: asked first, then told."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        if not _signalled(process.pid, number):
            break
        deadline = time.monotonic() + grace_seconds
        while time.monotonic() < deadline and _signalled(process.pid, 0):
            process.poll()
            time.sleep(0.1)
    process.wait()


def _signalled(group: int, number: int) -> bool:
    """Whether anyone of a process group was there to take a signal."""
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return False
    return True


def _await(running: list[tuple[Server, subprocess.Popen[bytes]]]) -> None:
    """Wait until every server answers."""
    print("Opening Dagster and MLflow, about half a minute ...", flush=True)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not all(_answers(server.port) for server, _ in running):
        _demand_alive(running)
        if time.monotonic() > deadline:
            logs = " and ".join(str(server.log) for server, _ in running if not _answers(server.port))
            raise DeskError(f"No answer within {PATIENCE_SECONDS} seconds. What was printed stands in {logs}.")
        time.sleep(0.3)


def _watch(running: list[tuple[Server, subprocess.Popen[bytes]]]) -> None:
    while True:
        _demand_alive(running)
        time.sleep(0.5)


def _demand_alive(running: list[tuple[Server, subprocess.Popen[bytes]]]) -> None:
    for server, process in running:
        if process.poll() is not None:
            raise DeskError(f"{server.name} ended by itself (exit code {process.returncode}). See {server.log}.")


def _tell(settings: Settings, servers: list[Server]) -> None:
    pages = {"Dagster": "/asset-groups", "MLflow": "/#/experiments?workflowType=machine_learning"}
    for server in servers:
        print(f"  {server.name:<8} http://{HOST}:{server.port}{pages[server.name]}", flush=True)
    print(f"Profile {settings.name}, data in {settings.root}. Ctrl-C closes both.", flush=True)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex((HOST, port)) == 0
