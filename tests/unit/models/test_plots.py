"""The pictures are drawn from the report's tables and say in words what they show."""

import pytest

from models import plots


def test_every_picture_is_an_svg_with_its_title(fitted) -> None:
    titles = ["Do the scores hold?", "How far does the top", "What does the model look at?", "Is it better than plain"]
    for title, chart in zip(titles, plots.plots_of(fitted.report).values(), strict=True):
        svg = plots.to_svg(chart)
        assert svg.startswith("<svg")
        assert title in svg


def test_no_person_is_in_a_picture(fitted) -> None:
    for chart in plots.plots_of(fitted.report).values():
        assert "NC-0" not in chart.to_json()


def test_a_png_is_a_png(fitted) -> None:
    assert plots.to_png(plots.draw_importance(fitted.report)).startswith(b"\x89PNG")


@pytest.mark.parametrize("draw", [plots.draw_calibration, plots.draw_lift, plots.draw_baselines])
def test_an_in_time_report_says_out_of_fold(draw, fitted_in_time) -> None:
    assert "out of fold" in str(draw(fitted_in_time.report).to_dict()["title"])
