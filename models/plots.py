"""Pictures of a report: made of its tables, so that no person is ever in one."""

from typing import Any, Literal

import altair as alt
import pandas as pd

INK, MUTED, LINE, FILL, SOFT = "#1f2933", "#627080", "#d9e0e7", "#1f5fa8", "#a9c6e8"
_WIDTH, _HEIGHT = 460, 340


def plots_of(report: dict[str, Any]) -> dict[str, alt.TopLevelMixin]:
    """The pictures of a report by name: calibration, lift, importance, baselines."""
    return {
        "calibration": draw_calibration(report),
        "lift": draw_lift(report),
        "importance": draw_importance(report),
        "baselines": draw_baselines(report),
    }


def to_svg(chart: Any) -> str:
    """The picture as SVG text."""
    return _written(chart, "svg")


def to_png(chart: Any) -> bytes:
    """The picture as PNG, two pixels a point."""
    return _written(chart, "png")


def draw_calibration(report: dict[str, Any]) -> alt.TopLevelMixin:
    """What was foretold against what came: twenty equal groups with 95% whiskers over households, and the diagonal.

    Reading: a dot on the line says that of people scored there, as many did it as the score says.
    """
    rows = pd.DataFrame(report["calibration"])
    top = min(1.0, float(rows[["mean_score", "high"]].max().max()) * 1.06)
    axis = alt.Scale(domain=[0, top], nice=False)
    x = alt.X("mean_score:Q", title="Score (mean of the group)", scale=axis, axis=_percent())
    y = alt.Y("rate:Q", title="Did it (share of the group)", scale=axis, axis=_percent())
    ends = _chart(pd.DataFrame({"mean_score": [0, top], "rate": [0, top]}))
    diagonal = ends.mark_line(color=MUTED, strokeDash=[5, 4], strokeWidth=1.2).encode(x=x, y=y)
    whiskers = _chart(rows).mark_rule(color=FILL, strokeWidth=1.6, opacity=0.55)
    dots = _chart(rows).mark_circle(color=FILL, size=54, opacity=1).encode(x=x, y=y)
    each, error = int(rows["people"].median()), report["metrics"]["calibration_error"]["value"]
    note = (
        f"{len(rows)} groups of about {each:,} people; whiskers: 95%, by household; mean gap {100 * error:.1f} points"
    )
    layers = diagonal + whiskers.encode(x=x, y=alt.Y("low:Q"), y2="high:Q") + dots
    return _dressed(layers, "Do the scores hold?", [_graded_on(report), note])


def draw_lift(report: dict[str, Any]) -> alt.TopLevelMixin:
    """How much of the outcome the top of the list holds, against a list in random order and a perfect one."""
    rate = report["graded"]["rate"]
    found = pd.DataFrame([{"people_share": 0.0, "outcome_share": 0.0}, *report["lift"]]).assign(list="by score")
    random = pd.DataFrame({"people_share": [0, 1], "outcome_share": [0, 1], "list": "in random order"})
    perfect = pd.DataFrame({"people_share": [0, rate, 1], "outcome_share": [0, 1, 1], "list": "if all were known"})
    order = ["if all were known", "by score", "in random order"]
    lines = _chart(pd.concat([found, random, perfect])).mark_line(strokeWidth=2.2)
    drawn = lines.encode(
        x=alt.X("people_share:Q", title="Share of the list, from the top", axis=_percent(), scale=_unit()),
        y=alt.Y("outcome_share:Q", title="Share of those who did it", axis=_percent(), scale=_unit()),
        color=alt.Color(
            "list:N", sort=order, scale=alt.Scale(domain=order, range=[SOFT, FILL, MUTED]), legend=_legend()
        ),
        strokeDash=alt.StrokeDash(
            "list:N", sort=order, scale=alt.Scale(domain=order, range=[[1, 0], [1, 0], [5, 4]]), legend=None
        ),
    )
    top = next(row for row in report["lift"] if row["people_share"] >= 0.1999)
    reach = f"The top {top['people_share']:.0%} of the list holds {top['outcome_share']:.0%} of them"
    said = f"{reach}; AUC {report['metrics']['auc']['value']:.3f}"
    return _dressed(drawn, "How far does the top of the list reach?", [_graded_on(report), said])


def draw_importance(report: dict[str, Any], most: int = 20) -> alt.TopLevelMixin:
    """The features that brought most of the gain in log loss, largest first; what predicts, not what causes."""
    rows = pd.DataFrame(report["importance"][:most])
    x = alt.X("gain_share:Q", title="Share of the gain", axis=alt.Axis(format="%", tickCount=5))
    y = alt.Y("feature:N", sort=None, title=None, axis=alt.Axis(labelLimit=260, domain=False, ticks=False))
    bars = _chart(rows).mark_bar(color=FILL, height={"band": 0.68}, cornerRadiusEnd=2).encode(x=x, y=y)
    words = bars.mark_text(align="left", dx=5, color=MUTED, fontSize=11).encode(
        text=alt.Text("gain_share:Q", format=".1%")
    )
    said = f"Top {len(rows)} of {len(report['importance'])} features; says what predicts, not what causes"
    return _dressed(bars + words, "What does the model look at?", [said], height=22 * len(rows))


def draw_baselines(report: dict[str, Any]) -> alt.TopLevelMixin:
    """Log loss of the model minus that of each plain model, with 95% intervals; left of zero the model is better."""
    rows = pd.DataFrame(
        [{"baseline": name.replace("_", " "), **row["difference"]} for name, row in report["baselines"].items()]
    )
    y = alt.Y("baseline:N", sort="x", title=None, axis=alt.Axis(labelLimit=260, domain=False, ticks=False))
    x = alt.X("value:Q", title="Difference in log loss (left of zero: the model is better)", scale=alt.Scale(zero=True))
    zero = _chart(pd.DataFrame({"value": [0]})).mark_rule(color=MUTED, strokeDash=[5, 4]).encode(x="value:Q")
    whiskers = _chart(rows).mark_rule(color=FILL, strokeWidth=2).encode(y=y, x=alt.X("low:Q"), x2="high:Q")
    dots = _chart(rows).mark_circle(color=FILL, size=70, opacity=1).encode(x=x, y=y)
    words = (
        _chart(rows)
        .mark_text(dy=-11, color=MUTED, fontSize=11)
        .encode(x=x, y=y, text=alt.Text("value:Q", format="+.4f"))
    )
    return _dressed(
        zero + whiskers + dots + words, "Is it better than plain models?", [_graded_on(report)], height=46 * len(rows)
    )


def _graded_on(report: dict[str, Any]) -> str:
    how = (
        "out of fold"
        if report["scheme"] == "in_time"
        else f"election of {report['roles']['backtest']['grade']}, later than all training"
    )
    return f"{report['model']}: {report['graded']['people']:,} people, {how}"


def _chart(rows: pd.DataFrame) -> Any:
    return alt.Chart(rows)


def _dressed(chart: Any, title: str, subtitle: list[str], height: int = _HEIGHT) -> alt.TopLevelMixin:
    headed = alt.TitleParams(
        title,
        subtitle=subtitle,
        anchor="start",
        fontSize=17,
        color=INK,
        subtitleColor=MUTED,
        subtitleFontSize=12,
        offset=14,
    )
    sized = chart.properties(width=_WIDTH, height=height, title=headed, background="white", padding=18)
    return sized.configure_view(stroke=None).configure_axis(
        **{"gridColor": LINE, "domainColor": LINE, "tickColor": LINE, "labelColor": INK, "titleColor": MUTED},
        **{"labelFontSize": 12, "titleFontSize": 12, "titleFontWeight": "normal", "titlePadding": 10},
    )


def _percent() -> alt.Axis:
    return alt.Axis(format="%", tickCount=6)


def _unit() -> alt.Scale:
    return alt.Scale(domain=[0, 1], nice=False)


def _legend() -> alt.Legend:
    return alt.Legend(
        title=None, orient="bottom-right", labelColor=INK, labelFontSize=12, symbolStrokeWidth=3, padding=10
    )


def _written(chart: Any, form: Literal["svg", "png"]) -> Any:
    import io

    target = io.StringIO() if form == "svg" else io.BytesIO()
    chart.save(target, format=form, **({"scale_factor": 2} if form == "png" else {}))
    return target.getvalue()
