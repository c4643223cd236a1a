"""The table of figures says what the files say, and touches nothing else of the page."""

import datetime as dt
from pathlib import Path

import pytest

from models.errors import ConfigError
from tests.bench.deliveries import wide_calendar
from tests.bench.facts import Line, ratio_of, read_parts, runs_of, within, write_part
from tests.bench.render import CLOSE, OPEN, render_readme

PAGE = f"# A page\n\nabove\n\n{OPEN}\n| replaced | table |\n{CLOSE}\n\nbelow\n"


@pytest.fixture
def page(tmp_path):
    file = tmp_path / "README.md"
    file.write_text(PAGE, encoding="utf-8")
    return file


@pytest.fixture
def parts(tmp_path):
    """Two measured parts, one line of them short, as `make bench` writes them; a file of another kind beside them."""
    folder = tmp_path / "bench"
    short = within("ingest", "9.0 s", "copy | bare 3.0 s", 3.0, 2.0)
    write_part("startup", {}, [Line("`walklist --help`", "0.5 s")], folder)
    write_part("ingest", {"seconds": [9.0]}, [short, Line("again", "1 s", "", "1.50", "at most 2.0", True)], folder)
    (folder / "other.json").write_text('{"seconds": 300}', encoding="utf-8")
    return read_parts(folder)


def _rows(file: Path) -> list[list[str]]:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]


def test_table_replaces_the_old_one_and_nothing_else(page, parts):
    render_readme(page, parts)
    text = page.read_text(encoding="utf-8")
    assert text.startswith(f"# A page\n\nabove\n\n{OPEN}\n") and text.endswith(f"\n{CLOSE}\n\nbelow\n")
    assert "replaced" not in text


def test_every_line_stands_in_the_order_of_the_flow_with_its_verdict(page, parts):
    render_readme(page, parts)
    assert _rows(page)[2:] == [
        ["ingest", "9.0 s", "copy / bare 3.0 s", "3.00", "at most 2.0, **short**"],
        ["again", "1 s", "", "1.50", "at most 2.0, holds"],
        ["`walklist --help`", "0.5 s", "", "", ""],
    ]


def test_rendering_twice_changes_nothing(page, parts):
    render_readme(page, parts)
    once = page.read_text(encoding="utf-8")
    render_readme(page, parts)
    assert page.read_text(encoding="utf-8") == once


def test_machine_is_told_once_where_the_parts_share_it(page, parts):
    render_readme(page, parts)
    assert page.read_text(encoding="utf-8").count("Measured (ingest, startup) on ") == 1
    parts["startup"]["machine"]["cores"] = 999
    render_readme(page, parts)
    assert "Measured (startup) on " in page.read_text(encoding="utf-8")


def test_page_without_a_marker_is_left_alone(page, parts):
    page.write_text(PAGE.replace(CLOSE, ""), encoding="utf-8")
    with pytest.raises(ConfigError, match="markers"):
        render_readme(page, parts)
    assert page.read_text(encoding="utf-8") == PAGE.replace(CLOSE, "")


def test_nothing_measured_is_said(page):
    with pytest.raises(ConfigError, match="make bench"):
        render_readme(page, {})


def test_ratio_is_the_median_of_turns_and_not_of_sums():
    assert ratio_of([2.0, 9.0, 4.0], [1.0, 3.0, 4.0]) == {"values": [2.0, 3.0, 1.0], "median": 2.0}
    assert runs_of([3.0, 1.0, 2.0], mib=[5]) == {"seconds": [3.0, 1.0, 2.0], "median_seconds": 2.0, "mib": [5]}


def test_a_wide_file_gets_about_sixty_elections_since_2000():
    added = wide_calendar("OH", [])
    before = [election for election in added if election.date < dt.date(2026, 10, 1)]
    assert 58 <= len(before) <= 66 and before[0].date.year == 2000
    assert all(election.date.weekday() == 1 and 2 <= election.date.day <= 8 for election in added)
    assert len({(election.date, election.type) for election in added}) == len(added)
