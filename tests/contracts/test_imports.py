"""The layers of pyproject.toml hold: imports point downwards, and Dagster stays at the rim."""

import re
import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]


def test_imports_point_downwards():
    code = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


def test_dagster_and_mlflow_are_imported_where_they_belong():
    allowed = {
        "dagster": {"pipelines/definitions.py", "pipelines/engine.py"},
        "mlflow": {"models/registry.py"},
    }
    for name, homes in allowed.items():
        pattern = re.compile(rf"^\s*(import|from) {name}\b", re.MULTILINE)
        files = [file for folder in ("models", "pipelines") for file in (CHECKOUT / folder).rglob("*.py")]
        found = {str(file.relative_to(CHECKOUT)) for file in files if pattern.search(file.read_text(encoding="utf-8"))}
        assert {file for file in found if not file.startswith("pipelines/defs/")} <= homes, name
