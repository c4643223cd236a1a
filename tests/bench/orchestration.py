"""What the graph costs when nobody works in it: the real job with empty assets, as `walklist run` starts it.

Run as a program it runs the job once for every state in a new home and prints the seconds.
"""

import json
import os
import tempfile
import time
from collections.abc import Iterator
from typing import Any

import dagster as dg

from tests.bench.facts import BENCH, Line, runs_of, told_by

JOB = "rescore"
TARGET_SHARE = 0.1  # chosen: what the desk may take of the flow's time before it is worth replacing


def measure_orchestration(repeats: int = 3, profile: str = "demo", demo_seconds: float | None = None) -> dict[str, Any]:
    """Seconds of the job with empty bodies, for one state and for all of the profile, each time in a new home.

    Args:
        repeats: Runs, count; each in a process of its own.
        profile: Profile whose graph is run.
        demo_seconds: Seconds of the whole demo, for the share; read from `data/bench/demo.json` where it stands.

    Returns:
        repeats, profile, `states`, `assets` and `checks` (counts), `load` (the code location and the job),
        `first_state`, `next_state` and `all_states` (every single second and the median), and, where the demo's seconds
        are known, `demo_seconds` and `share_of_demo`.
    """
    with_profile = {**os.environ, "WALKLIST_PROFILE": profile}
    runs = [told_by("orchestration", environment=with_profile) for _ in range(repeats)]
    facts = {"repeats": repeats, "profile": profile, **{name: runs[0][name] for name in ("states", "assets", "checks")}}
    taken = {
        "load": runs_of([run["load"] for run in runs]),
        "first_state": runs_of([run["seconds"][0] for run in runs]),
        "next_state": runs_of([second for run in runs for second in run["seconds"][1:] or run["seconds"]]),
        "all_states": runs_of([sum(run["seconds"]) for run in runs]),
    }
    return {**facts, **taken, **demo_share(taken["all_states"]["median_seconds"], demo_seconds or _demo_seconds())}


def demo_share(seconds: float, demo_seconds: float | None) -> dict[str, float]:
    """The share of the whole demo's time that the empty graph takes; nothing where that time is not known."""
    return {"demo_seconds": demo_seconds, "share_of_demo": seconds / demo_seconds} if demo_seconds else {}


def orchestration_lines(figures: dict[str, Any]) -> list[Line]:
    """The figures in words."""
    each, together = (figures[name]["median_seconds"] for name in ("next_state", "all_states"))
    graph = f"{figures['assets']} assets, {figures['checks']} checks"
    lines = [Line(f"the flow with empty assets, a state ({graph})", f"{each:.2f} s")]
    whole = f"the same, {figures['states']} states one after the other"
    if "share_of_demo" not in figures:
        return [*lines, Line(whole, f"{together:.1f} s")]
    share, demo = figures["share_of_demo"], f"`walklist demo`: {figures['demo_seconds']:.0f} s"
    target, holds = f"at most {TARGET_SHARE:.0%} of it", share <= TARGET_SHARE
    return [*lines, Line(whole, f"{together:.1f} s", demo, f"{share:.1%}", target, holds)]


def emptied(definitions: dg.Definitions) -> dg.Definitions:
    """The same assets, checks and partitions under the same job, whose bodies do nothing."""
    job = definitions.resolve_job_def(JOB)
    assets = [_empty(found) for found in definitions.resolve_asset_graph().assets_defs if found.is_executable]
    again = dg.define_asset_job(JOB, selection=dg.AssetSelection.all(), tags=dict(job.tags))
    return dg.Definitions(assets=assets, jobs=[again], executor=dg.in_process_executor)


def _empty(real: dg.AssetsDefinition) -> dg.AssetsDefinition:
    checks = list(real.check_specs)

    @dg.multi_asset(specs=list(real.specs), check_specs=checks, name=real.op.name)
    def nothing() -> Iterator[dg.MaterializeResult]:
        for spec in real.specs:
            here = [check for check in checks if check.asset_key == spec.key]
            passed = [dg.AssetCheckResult(passed=True, check_name=of.name, asset_key=spec.key) for of in here]
            yield dg.MaterializeResult(asset_key=spec.key, check_results=passed)

    return nothing


def _demo_seconds() -> float | None:
    """Seconds of the demo where its measure stands."""
    file = BENCH / "demo.json"
    return json.loads(file.read_text(encoding="utf-8")).get("seconds") if file.is_file() else None


def main() -> None:
    """Run the empty graph for every state of the profile in force, and print what it took."""
    from pipelines.engine import environment, execute_job, prepare
    from pipelines.settings import read_settings

    with tempfile.TemporaryDirectory() as home:
        os.environ["WALKLIST_DATA"] = home
        settings = read_settings()
        os.environ.update(environment(settings))
        prepare(settings)
        began = time.perf_counter()
        from pipelines.definitions import defs
        from pipelines.defs.partitions import STATES

        empty = emptied(defs())
        empty.resolve_job_def(JOB)
        load = time.perf_counter() - began
        with dg.DagsterInstance.get() as instance:
            seconds = [
                _seconds(lambda state=state: execute_job(empty, JOB, instance, partition_key=state)) for state in STATES
            ]
    graph = empty.resolve_asset_graph()
    counts = {"assets": len(graph.executable_asset_keys), "checks": len(graph.asset_check_keys)}
    print(json.dumps({"load": load, "seconds": seconds, "states": len(STATES), **counts}))


def _seconds(work: Any) -> float:
    began = time.perf_counter()
    found = work()
    assert found.success
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
