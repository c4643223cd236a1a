"""What reading a delivery found, told in sentences of files, columns, rules and counts; never a value of a row."""

from pipelines.core.staged import Count, Staged


def summary(staged: Staged) -> list[str]:
    """What is worth saying about an accepted delivery."""
    folded = f"{staged.folded_count:,} repeated rows were folded." if staged.folded_count else ""
    return [
        *([folded] if folded else []),
        *[refusal(found) for found in staged.refused],
        *[fault(found) for found in staged.faults],
        *[placeholder(found) for found in staged.masked],
        *staged.differences,
    ]


def refusal(found: Count) -> str:
    """Lines refused under one rule."""
    return f"{found.file}: {found.count:,} rows were refused, {found.column} breaks the rule '{found.rule}'."


def fault(found: Count) -> str:
    """Texts that did not convert."""
    return f"{found.file}, {found.column}: {found.count:,} texts break the rule '{found.rule}' and are null."


def placeholder(found: Count) -> str:
    """Texts that stand for an unknown value."""
    return f"{found.file}, {found.column}: {found.count:,} masked or placeholder, null."
