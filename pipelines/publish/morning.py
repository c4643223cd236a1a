"""The morning page: one self-contained HTML text from what happened, for everybody who works with the scores.

It holds counts, days and sentences, never a value of a person. No script, font or picture comes from elsewhere.
"""

import datetime as dt
from html import escape

from pipelines.publish.news import ListNews, Morning, StateNews
from pipelines.publish.sentences import (
    age_sentence,
    arrival_sentences,
    behind_sentence,
    change_sentence,
    day_text,
    election_sentence,
    headline,
    list_mood,
    list_sentence,
    mood_of,
    reason_of,
    state_sentence,
)

_WORDS = {"fresh": "Fresh", "waits": "Last good", "broken": "Needs a person"}

_STYLE = """
:root { --ink: #1d2b2a; --soft: #54625f; --line: #dfe4df; --paper: #f5f6f2; --card: #fff;
        --fresh: #17603f; --fresh-bg: #e3f1e9; --waits: #7a4b00; --waits-bg: #fdf0d5;
        --broken: #8e2320; --broken-bg: #fbe7e4; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
       font: 17px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif; }
main { max-width: 68rem; margin: 0 auto; padding: 2.5rem 1.25rem 3rem; }
.when { color: var(--soft); margin: 0 0 .4rem; }
h1 { font: 600 clamp(2rem, 5.5vw, 3.1rem)/1.15 Charter, "Iowan Old Style", Palatino, serif; margin: 0 0 1.4rem;
     letter-spacing: -.01em; text-wrap: balance; }
.notice { border-left: .35rem solid; border-radius: .3rem; padding: .9rem 1.2rem; margin: 0 0 .9rem; max-width: 54rem; }
.notice strong { display: block; font-size: 1.2rem; line-height: 1.35; color: var(--ink); }
.notice p { margin: .35rem 0 0; color: var(--ink); overflow-wrap: anywhere; }
.states { display: grid; gap: 1.1rem; grid-template-columns: repeat(auto-fit, minmax(19rem, 1fr)); margin-top: 1.6rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .7rem; padding: 1.3rem 1.35rem; }
article header { display: flex; align-items: baseline; justify-content: space-between; gap: .8rem; }
h2 { font: 600 1.45rem/1.25 Charter, "Iowan Old Style", Palatino, serif; margin: 0; }
.pill { font-size: .85rem; font-weight: 600; border-radius: 2rem; padding: .15rem .75rem; white-space: nowrap; }
.fresh { color: var(--fresh); background: var(--fresh-bg); }
.waits { color: var(--waits); background: var(--waits-bg); }
.broken { color: var(--broken); background: var(--broken-bg); }
.figures { display: flex; gap: 1.8rem; margin: 1rem 0 .4rem; }
.figures div { line-height: 1.2; }
.figures b { display: block; font-size: 1.65rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.figures span { color: var(--soft); font-size: .9rem; }
dl { margin: .8rem 0 0; border-top: 1px solid var(--line); }
dl div { padding: .55rem 0; border-bottom: 1px solid var(--line); }
dl div:last-child { border-bottom: 0; padding-bottom: 0; }
dt { color: var(--soft); font-size: .87rem; }
dd { margin: 0; overflow-wrap: anywhere; }
dd small { display: block; color: var(--soft); font-size: .9rem; line-height: 1.45; }
.lists { margin-top: 2rem; }
.lists dl { columns: 2 22rem; column-gap: 2.4rem; }
.lists dl div { break-inside: avoid; }
footer { color: var(--soft); font-size: .92rem; margin-top: 2rem; }
footer p { margin: .2rem 0; }
@media (max-width: 30rem) { main { padding-top: 1.6rem; } .states { grid-template-columns: 1fr; } }
@media print { body { background: #fff; } }
"""


def morning_page(morning: Morning) -> str:
    """The page: what is wrong first and in large type, then a card for each state."""
    notices = "".join(_notice(news) for news in morning.states if mood_of(news) != "fresh")
    cards = "".join(_card(morning, news) for news in morning.states)
    at = morning.written_at
    title = f"Walklist, {day_text(at.date())}"
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<title>{escape(title)}</title>\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f'<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n<p class="when">{at:%A}, {day_text(at.date())}</p>\n'
        f'<h1>{escape(headline(morning))}</h1>\n{notices}<section class="states" aria-label="States">\n{cards}'
        f"</section>\n{_lists(morning)}{_foot(morning)}</main>\n</body>\n</html>\n"
    )


def _notice(news: StateNews) -> str:
    why = reason_of(news)
    reason = f"<p>{escape(why)}</p>" if why else ""
    return f'<div class="notice {mood_of(news)}"><strong>{escape(state_sentence(news))}</strong>{reason}</div>\n'


def _card(morning: Morning, news: StateNews) -> str:
    mood, today = mood_of(news), morning.written_at.date()
    facts = {
        "File in use": ([age_sentence(news, today)], behind_sentence(news)),
        "Since yesterday": ([change_sentence(news)], ""),
        "Arrived since yesterday": (arrival_sentences(news) or ["Nothing."], ""),
        "Election": ([election_sentence(news, today)], news.election[0] if news.election else ""),
        "Model version": ([str(news.inputs.get("turnout_version_id", "none"))], news.quality),
    }
    return (
        f'<article>\n<header><h2>{escape(news.name)}</h2><span class="pill {mood}">{_WORDS[mood]}</span></header>\n'
        f"{_figures(news)}<dl>\n{''.join(_fact(name, *told) for name, told in facts.items())}</dl>\n</article>\n"
    )


def _figures(news: StateNews) -> str:
    if not news.told:
        return ""
    mean = news.told["scores"]["turnout_probability"]["mean"]
    shown = {"voters": f"{news.told['rows']:,}", "mean score": "none" if mean is None else f"{100 * mean:.1f}%"}
    cells = "".join(f"<div><b>{value}</b><span>{name}</span></div>" for name, value in shown.items())
    return f'<div class="figures">{cells}</div>\n'


def _fact(name: str, lines: list[str], more: str) -> str:
    small = f"<small>{escape(more)}</small>" if more else ""
    return f"<div><dt>{escape(name)}</dt><dd>{'<br>'.join(map(escape, lines))}{small}</dd></div>\n"


def _lists(morning: Morning) -> str:
    """Vendors and campaign sources, a line each; why the newest delivery of one is held stands under it."""
    if not morning.lists:
        return ""
    rows = "".join(_list_row(news, morning.written_at.date()) for news in morning.lists)
    return f'<section class="lists" aria-label="Lists">\n<h2>Lists</h2>\n<dl>\n{rows}</dl>\n</section>\n'


def _list_row(news: ListNews, today: dt.date) -> str:
    mood = list_mood(news)
    why = f"<small>{escape(news.reason)}</small>" if news.verdict == "held" else ""
    word = "Late" if news.verdict == "accepted" else _WORDS[mood]
    pill = "" if mood == "fresh" else f' <span class="pill {mood}">{word}</span>'
    return f"<div><dt>{escape(news.name)}</dt><dd>{escape(list_sentence(news, today))}{pill}{why}</dd></div>\n"


def _foot(morning: Morning) -> str:
    new = "became current since yesterday" if morning.is_new else "stands since before yesterday"
    release = f"Release {morning.release}, which {new}." if morning.release else "No release is in use."
    written = f"Written {morning.written_at:%Y-%m-%d %H:%M %Z}. Yesterday means the 24 hours before."
    advice = (
        "A score without its file's age says little: read behind_days beside it. What to do is in pipelines/README.md."
    )
    return f"<footer><p>{escape(release)}</p><p>{escape(written)}</p><p>{escape(advice)}</p></footer>\n"
