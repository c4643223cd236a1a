import importlib.util
from pathlib import Path

import pytest

from pipelines.publish import faults


@pytest.fixture(scope="session")
def world():
    """The module world.py beside this file."""
    spec = importlib.util.spec_from_file_location("published_world", Path(__file__).with_name("world.py"))
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(autouse=True)
def no_faults(monkeypatch):
    monkeypatch.delenv(faults.VARIABLE, raising=False)
    faults._passed.clear()
