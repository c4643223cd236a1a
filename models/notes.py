"""The short note on a version that a newcomer reads first."""

from models.artefact import ModelVersion


def run_note(version: ModelVersion) -> str:
    """Markdown: what the version foretells, how good it is, what the gates say, what it must not serve."""
    passport, verdict = version.passport, version.report["verdict"]
    gates = [f"| {gate['demand']} | {gate['target']} | {gate['found']} | {_word(gate)} |" for gate in verdict["gates"]]
    refused = [f"- {use}" for use in passport["refused_uses"]]
    return "\n".join(
        [
            f"**{passport['meaning']}**",
            "",
            passport["reading"],
            "",
            f"**Quality.** {passport['quality_statement']}",
            "",
            f"**Verdict.** {verdict['text']}",
            "",
            "| gate | target | found | |",
            "|---|---|---|---|",
            *gates,
            "",
            f"**Population.** {passport['population']} {passport['cohort']} {passport['bias']}",
            "",
            f"Valid until {passport['valid_until']}. Not for:",
            *refused,
        ]
    )


def _word(gate: dict[str, object]) -> str:
    return "passed" if gate["is_passed"] else "**failed**"
