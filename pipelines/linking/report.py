"""How a state is linked, as a page and as pictures: Splink's charts, and the coverage of each source."""

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape
from typing import Any

from pipelines.lake import Lake
from pipelines.linking.charts import (
    accuracy_chart,
    match_weights_chart,
    threshold_chart,
    to_html,
    to_svg,
    waterfall_chart,
)
from pipelines.linking.model import LinkModel
from pipelines.linking.reviewed import keep_reviewed
from pipelines.linking.uses import THRESHOLDS, Use
from pipelines.tables.links import Links

_PATTERNS = 6  # typical links that are drawn
_FEWEST_OF_A_PATTERN = 20  # voters whose links share it; with fewer a person might stand behind it
_FEWEST_REVIEWED = 30  # decisions below which a curve says nothing


@dataclass(frozen=True)
class Pictures:
    """Splink's charts of a state, as SVG.

    Attributes:
        weights: What each level of agreement adds.
        waterfall: How the evidence of a typical link adds up; empty where no pattern is that of many.
        accuracy: Precision and recall by threshold; empty where too little was reviewed.
        threshold_page: The same as an interactive page; empty where too little was reviewed.
    """

    weights: str
    waterfall: str = ""
    accuracy: str = ""
    threshold_page: str = ""


def draw(lake: Lake, state: str, model: LinkModel) -> Pictures:
    """The charts of a state's linkage model and of the links that it gave.

    Args:
        lake: Data root.
        state: Two-letter code.
        model: The linkage model in use.
    """
    with lake.connect() as connection:
        patterns = connection.execute(_select_patterns(lake, state, model)).fetchall()
        keep_reviewed(connection, lake, state, model.sha256)
        reviewed = connection.execute(
            "SELECT match_weight, is_right AS is_same, chance FROM reviewed ORDER BY ALL"
        ).df()
    weights = to_svg(match_weights_chart(model))
    waterfall = to_svg(waterfall_chart(model, patterns[:1])) if patterns else ""
    if len(reviewed) < _FEWEST_REVIEWED:
        return Pictures(weights, waterfall)
    return Pictures(weights, waterfall, to_svg(accuracy_chart(reviewed)), to_html(threshold_chart(reviewed)))


def _select_patterns(lake: Lake, state: str, model: LinkModel) -> str:
    """SELECT of the levels that most links share, and their mean match weight in bits."""
    links = lake.table(Links, state=state).select()
    return f"""
    SELECT levels, round(avg(match_weight), 2)
    FROM ({links})
    WHERE model_sha256 = '{model.sha256}' AND voter_id IS NOT NULL AND match_weight > 0
    GROUP BY levels
    HAVING count(DISTINCT voter_id) >= {_FEWEST_OF_A_PATTERN}
    ORDER BY count(*) DESC, levels
    LIMIT {_PATTERNS}"""


def coverage_rows(coverage: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row per source and role: its records, and the share of them that serves each use.

    Args:
        coverage: What `coverage.coverage_of` gives, by source and role.
    """
    return [
        {
            "source": source, "records of": role, "records": told["records"],
            **{use.value: _served(told["uses"], use) for use in Use},
            "reviewed precision": _precision(told["uses"][Use.FEATURE.value]),
        }
        for (source, role), told in sorted(coverage.items())
    ]  # fmt: skip


def group_rows(coverage: Mapping[tuple[str, str], Mapping[str, Any]]) -> list[dict[str, Any]]:
    """A row per source and group of people: their records, and the share that is linked for features."""
    return [
        {
            "source": source, "records of": role, "group": f"{group.replace('_', ' ')}: {value}",
            "records": row["records"], "feature": _share(row), "reviewed precision": _precision(row),
        }
        for (source, role), told in sorted(coverage.items())
        for group, values in sorted(told["groups"].items())
        for value, row in sorted(values.items())
    ]  # fmt: skip


def _served(uses: Mapping[str, Any], use: Use) -> str:
    """Share of the records that serve a use; in words where none does because nothing was reviewed."""
    found, linked = uses[use.value], uses[Use.FEATURE.value]["linked"]
    waits = linked and not found["linked"] and not found["reviewed"] and THRESHOLDS[use].rule is None
    return "review first" if waits else _share(found)


def _share(row: Mapping[str, Any]) -> str:
    return "none" if row["share"] is None else f"{row['share']:.1%}"


def _precision(row: Mapping[str, Any]) -> str:
    if row["precision"] is None:
        return "not reviewed"
    return f"{row['precision']:.1%} ({row['low']:.1%} to {row['high']:.1%}, {row['reviewed']:,} reviewed)"


def report_page(state: str, coverage: Mapping[tuple[str, str], Mapping[str, Any]], pictures: Pictures | None) -> str:
    """The page of a state: coverage by source and by group, and the charts; counts only."""
    drawn = {
        "What agreement weighs": pictures.weights, "How a typical link adds up": pictures.waterfall,
        "Precision and recall of reviewed links": pictures.accuracy,
    } if pictures else {}  # fmt: skip
    figures = "".join(f"<h2>{escape(title)}</h2>\n<figure>{svg}</figure>\n" for title, svg in drawn.items() if svg)
    tables = _table("Sources", coverage_rows(coverage)) + _table("Groups of people", group_rows(coverage))
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>Links of {escape(state)}</title>\n'
        f"<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<h1>Links of {escape(state)}</h1>\n"
        f"<p>{escape(_READING)}</p>\n{tables}{figures}</main>\n</body>\n</html>\n"
    )


_READING = (
    "A share is of the records that were looked at in the state; many belong to nobody on its voter file. What a link "
    "may be used for follows from how sure it is: suppress from .50, feature from .90, outcome from .95, append from "
    ".99 with the first name and the day of birth or the e-mail."
)

_STYLE = """
body { margin: 0; background: #f5f6f2; color: #1d2b2a; font: 16px/1.5 system-ui, "Segoe UI", Roboto, sans-serif; }
main { max-width: 72rem; margin: 0 auto; padding: 2rem 1.25rem 3rem; }
h1, h2 { font-family: Charter, "Iowan Old Style", Palatino, serif; font-weight: 600; }
table { border-collapse: collapse; background: #fff; font-variant-numeric: tabular-nums; font-size: .92rem; }
td, th { border: 1px solid #dfe4df; padding: .3rem .6rem; text-align: left; }
td.n { text-align: right; }
figure { background: #fff; border: 1px solid #dfe4df; margin: 0 0 1.5rem; padding: 1rem; overflow-x: auto; }
"""


def _table(title: str, rows: list[dict[str, Any]]) -> str:
    if not rows:
        return f"<h2>{escape(title)}</h2>\n<p>None yet.</p>\n"
    head = "".join(f"<th>{escape(name)}</th>" for name in rows[0])
    body = "".join(f"<tr>{''.join(map(_cell, row.values()))}</tr>\n" for row in rows)
    return f"<h2>{escape(title)}</h2>\n<table>\n<tr>{head}</tr>\n{body}</table>\n"


def _cell(value: Any) -> str:
    return f'<td class="n">{value:,}</td>' if isinstance(value, int) else f"<td>{escape(str(value))}</td>"
