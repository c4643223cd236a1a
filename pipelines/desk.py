"""Opens the two user interfaces on a profile's data, and closes them together."""

import os
import subprocess
import sys

from pipelines.engine import environment, prepare
from pipelines.settings import CHECKOUT, Settings

DAGSTER_PORT, MLFLOW_PORT = 3000, 5000


def serve(settings: Settings) -> None:
    """Run `dg dev` and the MLflow server until one of them ends or Ctrl-C is pressed."""
    prepare(settings)
    variables = {**os.environ, **environment(settings), "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false"}
    tracking = [
        sys.executable, "-m", "mlflow", "server", "--backend-store-uri", settings.tracking_uri, "--workers", "1",
        "--artifacts-destination", str(settings.artifact_root), "--host", "127.0.0.1", "--port", str(MLFLOW_PORT),
    ]  # fmt: skip
    desk = ["dg", "dev", "--port", str(DAGSTER_PORT)]
    print(
        f"Dagster: http://127.0.0.1:{DAGSTER_PORT}   MLflow: http://127.0.0.1:{MLFLOW_PORT}   (Ctrl-C stops both)",
        flush=True,
    )
    running = [subprocess.Popen(command, cwd=CHECKOUT, env=variables) for command in (tracking, desk)]
    try:
        running[1].wait()
    except KeyboardInterrupt:
        pass
    finally:
        for process in running:
            process.terminate()
