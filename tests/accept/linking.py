"""`make accept-linking`: who is who, a line a demand; exit code 1 when one falls short."""

import contextlib
import hashlib
import resource
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import numpy as np

from models.link_quality import LinkQuality, fit_quality
from pipelines.linking.deciding import Rule, where_linked
from pipelines.linking.linker import Linker
from pipelines.linking.model import LinkModel, train
from pipelines.linking.prepare import RECORDS as READY_RECORDS
from pipelines.linking.prepare import VOTERS as READY_VOTERS
from pipelines.linking.prepare import prepare_records, prepare_voters
from pipelines.linking.quality import draw_for_review, select_evidence
from pipelines.synthetic.vendors.moments import print_rates, vendor_rates
from tests.accept.lines import Account
from tests.accept.linking_peers import link_by_documented_splink, link_by_keys, link_by_recordlinkage
from tests.accept.linking_scale import measured
from tests.accept.linking_sets import SETS, folder, grades
from tests.accept.linking_world import DAY, Grade, World, grade

PARTS = ("truth", "sets", "rerun", "scale")
SEED = 20261103
VOTERS, RATED = 100_000, 20_000
RULE = Rule("weights", 3.17, 3.3)  # nine in ten by the model's own reckoning, ten to one over the next
REVIEWED, ENOUGH = 1_500, 0.5
PROTECTED = "SELECT voter_id FROM protected"
SYSTEMS = ("single", "spanish", "arabic", "indonesian", "vietnamese", "chinese")


def main(parts: Sequence[str]) -> int:
    """Run the parts that are named, all of them by default, and write the account."""
    account = Account("linking", PARTS)
    for part in parts:
        account.begin(part)
        SHOW[part](account)
    return account.close()


def seconds() -> float:
    """CPU seconds of this process and of those that it waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(found.ru_utime + found.ru_stime for found in used)


@contextlib.contextmanager
def loaded(voters: int) -> Iterator[tuple[duckdb.DuckDBPyConnection, Path]]:
    """A connection with a world in it, and the folder of its files."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect() as connection:
        connection.execute(f"SET threads = 2; SET temp_directory = '{folder}/spill'")
        World(Path(folder), voters, SEED).write().load(connection)
        yield connection, Path(folder)


def _truth(account: Account) -> None:
    """100,000 by 100,000 of known truth, beside what else does it."""
    with loaded(VOTERS) as (connection, folder):
        _show_world(account, connection, folder)
        peers = _show_peers(account, connection, folder)
        started = seconds()
        prepare_voters(connection, "voters", PROTECTED)
        prepare_records(connection, "records")
        model = train(connection, READY_VOTERS, READY_RECORDS, SEED)
        trained = seconds()
        Linker(model).link(connection, "records")
        taken = f"{trained - started:.0f} CPU s to train, {seconds() - trained:.0f} to link"
        plain = f"SELECT * FROM best_voters WHERE {where_linked(RULE)}"
        _show_unlabelled(account, connection, plain, peers["documented Splink"], taken)
        quality = _reviewed(connection, model)
        _show_reviewed(account, connection, model, quality, grade(connection, plain))
        _show_people(account, connection)
        _show_experiment(account, connection)


def _show_world(account: Account, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    rates = vendor_rates(World(folder, VOTERS, SEED).simulation(), DAY, RATED, SEED)
    print_rates(rates)
    off = [f"{rate.kind} {rate.name}" for rate in rates if not rate.is_within]
    account.add("rates of the vendors' records, pinned in configs/synthetic.yaml", "within 3 standard errors",
                f"{len(rates) - len(off)} of {len(rates)} {off or ''}", not off)  # fmt: skip
    records, nobody, voters = connection.execute(
        "SELECT count(*), avg((voter_id IS NULL)::INT), (SELECT count(*) FROM voters) FROM truth"
    ).fetchall()[0]
    told = f"{records:,} records, {nobody:.1%} of nobody on the file, {voters:,} voters"
    account.add("simulated truth", "100,000 by 100,000, a quarter of the records of nobody", told,
                abs(nobody - 0.25) < 0.02 and records == VOTERS)  # fmt: skip


def _show_peers(account: Account, connection: duckdb.DuckDBPyConnection, folder: Path) -> dict[str, Grade]:
    """The peers in the same run; of each its grade."""
    found: dict[str, Grade] = {}
    peers = {
        "exact keys": lambda: link_by_keys(connection, "voters", "records"),
        "documented Splink": lambda: link_by_documented_splink(connection, "voters", "records", SEED),
        "recordlinkage": lambda: link_by_recordlinkage(connection, "voters", "records", folder),
    }
    for name, link in peers.items():
        started = seconds()
        link()
        connection.execute(f"CREATE TABLE {name.replace(' ', '_').lower()} AS FROM peer_links")
        found[name] = grade(connection, "FROM peer_links")
        told = f"{found[name]}, {seconds() - started:.0f} CPU s"
        account.add(f"peer in the same run: {name}", "is measured", told, True, **vars(found[name]))
    return found


def _show_unlabelled(
    account: Account, connection: duckdb.DuckDBPyConnection, links: str, peer: Grade, taken: str
) -> None:
    mine = grade(connection, links)
    target = f"precision 0.99, recall {peer.recall + 0.05:.4f}: 5 points above Splink as its documentation has it"
    account.add("without labels", target, f"{mine}; {taken}",
                mine.precision >= 0.99 and mine.recall >= peer.recall + 0.05, **vars(mine))  # fmt: skip
    near = grade(connection, links, "is_namesake OR is_twin")
    share = (near.links - near.right) / max(mine.links, 1)
    account.add(
        "wrong links of fathers, sons and twins of one name", "at most 0.5% of links", f"{share:.2%}", share <= 0.005
    )
    shown = connection.execute(f"SELECT count(*) FROM candidates WHERE voter_id IN ({PROTECTED})").fetchall()[0][0]
    account.add("links or candidates of protected voters", "0", f"{shown}", shown == 0)
    for name, where in (
        ("year of birth alone", _ONLY_YEAR),
        ("full date of birth", _FULL_DATE),
        ("no birth at all", _NO_BIRTH),
    ):
        account.add(f"without labels, records with {name}", "is reported", str(grade(connection, links, where)), True)


_OF_RECORDS = "truth.record_id IN (SELECT record_id FROM records WHERE {})"
_ONLY_YEAR = _OF_RECORDS.format("birth_date IS NULL AND birth_year IS NOT NULL")
_FULL_DATE = _OF_RECORDS.format("birth_date IS NOT NULL")
_NO_BIRTH = _OF_RECORDS.format("birth_year IS NULL")


def _reviewed(connection: duckdb.DuckDBPyConnection, model: LinkModel) -> LinkQuality:
    """The second stage, learned from a sample that the truth reviewed; `links` has every record's best voter with q."""
    sources = "SELECT record_id AS source_record_id, source FROM truth"
    evidence = select_evidence("best_voters", "voters", sources)
    connection.execute(f"CREATE TABLE evidence AS {evidence}")
    sample = draw_for_review(connection, "FROM evidence", REVIEWED, SEED)
    connection.register("sample", sample)
    right = (
        "SELECT s.voter_id = t.voter_id AS is_right FROM sample AS s JOIN truth AS t ON t.record_id = source_record_id"
    )
    answers = (
        connection.execute(f"{right} ORDER BY source_record_id").df()["is_right"].fillna(False).to_numpy(dtype=bool)
    )
    quality = fit_quality(sample, model.traits, answers, sample["chance"].to_numpy())
    every = connection.execute("FROM evidence").df()
    connection.register("links", every.assign(link_q=quality.predict(every, model.traits)))
    return quality


def _show_reviewed(
    account: Account, connection: duckdb.DuckDBPyConnection, model: LinkModel, quality: LinkQuality, plain: Grade
) -> None:
    mine = grade(connection, f"FROM links WHERE link_q >= {ENOUGH}")
    target = f"recall {plain.recall + 0.01:.4f}, a point more, at precision 0.99"
    account.add(f"with {quality.reviewed:,} reviewed records", target, str(mine),
                mine.recall >= plain.recall + 0.01 and mine.precision >= 0.99, **vars(mine))  # fmt: skip
    right = "(l.voter_id = t.voter_id) IS true AS y"
    joined = f"SELECT link_q, {right} FROM links AS l JOIN truth AS t ON t.record_id = source_record_id"
    told = connection.execute(f"{joined} ORDER BY link_q, source_record_id").df()
    groups = np.array_split(np.arange(len(told)), 20)
    off = sum(len(g) * abs(told["link_q"].iloc[g].mean() - told["y"].iloc[g].mean()) for g in groups) / len(told)
    account.add("calibration error of link_q in 20 groups", "at most 0.01", f"{off:.4f}", off <= 0.01)
    names = {trait: place for place, trait in enumerate(model.traits, 1)}
    sure = f"link_q >= 0.99 AND levels[{names['first_name']}] >= 2 AND levels[{names['birth']}] = 5"
    append = grade(connection, f"FROM links WHERE {sure}")
    wrong = append.links - append.right
    account.add("wrong person at the threshold for appending a phone or an e-mail", "at most 1 in 1,000",
                f"{wrong:,} of {append.links:,}", wrong <= 0.001 * append.links > 0)  # fmt: skip


def _show_people(account: Account, connection: duckdb.DuckDBPyConnection) -> None:
    """Recall by system of names, of links with q."""
    links = f"FROM links WHERE link_q >= {ENOUGH}"
    mean = grade(connection, links).recall
    for system in SYSTEMS:
        found = grade(connection, links, f"naming_system = '{system}'")
        account.add(f"names of another system: {system}", f"recall at least {mean - 0.03:.4f}, 3 points below the mean",
                    f"{found.recall:.4f} of {found.linkable:,}", found.recall >= mean - 0.03)  # fmt: skip


def _sets(account: Account) -> None:
    """The public benchmark sets."""
    where = folder()
    for one in SETS:
        demand = f"{one.name}: at or above Splink as its documentation has it, each at its best weight (F1)"
        if where is None:
            account.add(demand, "is shown", "WALKLIST_SHARED names no folder with the sets", False)
            continue
        found = grades(one, where, SEED)
        (mine, *_), (peer, *_) = found["ours"], found["documented Splink"]
        told = "; ".join(f"{name} {f1:.4f} (precision {p:.4f}, recall {r:.4f})" for name, (f1, p, r) in found.items())
        account.add(demand, f"at least {peer:.4f}", told, mine >= peer, **found)


def _rerun(account: Account) -> None:
    """Everything twice, with another number of threads, from files that were drawn once."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        World(folder, VOTERS, SEED).write()
        found = []
        for threads in (2, 1):
            with duckdb.connect() as connection:
                connection.execute(f"SET threads = {threads}")
                World(folder, VOTERS, SEED).load(connection)
                prepare_voters(connection, "voters", PROTECTED)
                prepare_records(connection, "records")
                model = train(connection, READY_VOTERS, READY_RECORDS, SEED)
                Linker(model).link(connection, "records")
                file = folder / f"best-{threads}.parquet"
                connection.execute(f"COPY (FROM best_voters ORDER BY source_record_id) TO '{file}' (FORMAT parquet)")
                found.append((model.sha256, hashlib.sha256(file.read_bytes()).hexdigest()))
        is_same = [one == other for one, other in zip(*found, strict=True)]
        told = f"model {'the same' if is_same[0] else 'another'}, table {'the same' if is_same[1] else 'another'}"
        account.add(
            "a second run, training included, on one thread in place of two", "the same bytes", told, all(is_same)
        )


def _scale(account: Account) -> None:
    """A million by a million, beside bare Splink; then one in a hundred more."""
    with loaded(MILLION) as (connection, folder):
        prepare_voters(connection, "voters", PROTECTED)
        prepare_records(connection, "records")
        model = train(connection, READY_VOTERS, READY_RECORDS, SEED)
        (folder / "model.json").write_text(model.text, encoding="utf-8")
        later = "hash(record_id, 1) % 101 = 0"
        for name, rows in {
            "voters": "FROM voters", "protected": "FROM protected", "records": "FROM records",
            "known": f"FROM records WHERE NOT ({later})", "later": f"FROM records WHERE {later}",
            "thrice": "SELECT * REPLACE (record_id || n AS record_id) FROM records, range(3) AS t(n) "
                      "ORDER BY record_id",
        }.items():  # fmt: skip
            connection.execute(f"COPY ({rows}) TO '{folder / name}.standard.parquet' (FORMAT parquet)")
            (folder / f"{name}.standard.parquet").rename(folder / f"{name}.parquet")
        for table in ("records", READY_VOTERS, READY_RECORDS):
            connection.execute(f"DROP TABLE {table}")
        _show_cost(account, folder)
        _show_added(account, connection, folder)


def _show_cost(account: Account, folder: Path) -> None:
    bare, ours = (measured(how, folder, "records") for how in ("bare", "ours"))
    ratio = ours["cpu_seconds"] / bare["cpu_seconds"]
    told = f"{ours['cpu_seconds']:.0f} CPU s over {bare['cpu_seconds']:.0f}: {ratio:.2f}"
    account.add("a million by a million, CPU seconds over bare Splink's", "at most 1.3", told, ratio <= 1.3,
                ours=ours, bare=bare)  # fmt: skip
    thrice = measured("ours", folder, "thrice")
    told = (
        f"{ours['peak_gib']:.2f} GiB; {thrice['peak_gib']:.2f} for three million records; bare {bare['peak_gib']:.2f}"
    )
    is_flat = thrice["peak_gib"] <= 1.2 * ours["peak_gib"]
    account.add("peak memory", "under 6 GiB, flat with chunks at 3 million", told, ours["peak_gib"] < 6 and is_flat,
                ours=ours, thrice=thrice)  # fmt: skip


def _show_added(account: Account, connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    whole = measured("ours", folder, "records")
    (folder / "ours.parquet").rename(folder / "whole.parquet")
    added = measured("added", folder, "later")
    share = added["cpu_seconds"] / whole["cpu_seconds"]
    told = f"{added['cpu_seconds']:.1f} CPU s over {whole['cpu_seconds']:.0f}: {share:.1%}"
    account.add("1% new records", "at most 5% of the full run", told, share <= 0.05, added=added, whole=whole)
    measured("ours", folder, "known")
    parts = f"(FROM '{folder}/ours.parquet' UNION ALL FROM '{folder}/added.parquet')"
    other = connection.execute(f"SELECT count(*) FROM (FROM '{folder}/whole.parquet' EXCEPT FROM {parts})").fetchall()[
        0
    ][0]
    account.add("links of the rest and of the new ones, beside a full run", "the same", f"{other:,} others", other == 0)


EFFECT, SURE, DRAWS = 0.08, 0.95, 20
"""Planted effect of a contact on voting (share), `link_q` from which an outcome is taken, draws of arms and votes."""

LEAST_COVERED = 17  # of 20 intervals of 95%; fewer come in one of 60 trials of an honest interval


def _show_experiment(account: Account, connection: duckdb.DuckDBPyConnection) -> None:
    """Half of the records are contacted, which moves the person and nobody else, whoever the record is linked to."""
    ways = {
        "true ids": "SELECT record_id AS source_record_id, voter_id FROM linkable",
        "outcome threshold": f"SELECT source_record_id, voter_id FROM links WHERE link_q >= {SURE}",
        "careless (Splink as its documentation has it, from 0.95)": "FROM documented_splink",
    }
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in ways}
    for turn in range(DRAWS):
        _draw_votes(connection, turn)
        for name, links in ways.items():
            found[name].append(_effect(connection, links))
    mean = {name: sum(effect for effect, _ in told) / DRAWS for name, told in found.items()}
    covered = sum(abs(effect - EFFECT) <= 1.96 * error for effect, error in found["outcome threshold"])
    told = f"in {covered} of {DRAWS} draws; on average " + ", ".join(f"{name} {one:+.4f}" for name, one in mean.items())
    demand = f"a planted effect of {EFFECT:+.2f} through links at the outcome threshold"
    account.add(demand, f"within its 95% interval in {LEAST_COVERED} of {DRAWS} draws", told, covered >= LEAST_COVERED,
                means=mean)  # fmt: skip


def _draw_votes(connection: duckdb.DuckDBPyConnection, turn: int) -> None:
    """Make `arms`, an arm for each record, and `votes`, who is moved where all records of the voter are contacted."""
    arm = f"hash(record_id, 'arm {turn}') % 2 = 0 AS is_contacted"
    connection.execute(f"CREATE OR REPLACE TABLE arms AS SELECT record_id, {arm} FROM truth")
    moved = "SELECT voter_id, avg(is_contacted::INT) AS dose FROM truth JOIN arms USING (record_id) GROUP BY voter_id"
    connection.execute(
        f"""CREATE OR REPLACE TABLE votes AS
        SELECT record_id AS voter_id, dose NOT IN (0, 1) AS is_mixed,
            hash(record_id, 'vote {turn}') % 1000003 / 1000003 < 0.45 + {EFFECT} * coalesce(dose, 0) AS is_voted
        FROM voters LEFT JOIN ({moved}) AS m ON m.voter_id = voters.record_id"""
    )


def _effect(connection: duckdb.DuckDBPyConnection, links: str) -> tuple[float, float]:
    """Difference in voting between the arms through some links, and its standard error; mixed people are left out."""
    mixed = "SELECT record_id FROM truth JOIN votes USING (voter_id) WHERE is_mixed"
    told = connection.execute(
        f"""SELECT count(*) AS n, avg(is_voted::INT) AS rate
        FROM ({links}) AS l JOIN arms ON arms.record_id = source_record_id JOIN votes ON votes.voter_id = l.voter_id
        WHERE source_record_id NOT IN ({mixed})
        GROUP BY is_contacted ORDER BY is_contacted"""
    ).fetchall()
    (_, before), (_, after) = told
    return after - before, sum(rate * (1 - rate) / count for count, rate in told) ** 0.5


MILLION = 1_000_000
SHOW = {"truth": _truth, "sets": _sets, "rerun": _rerun, "scale": _scale}

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:] or PARTS))
