"""When two texts say the same: another spelling of a name, an address or a code is no other value."""


def meaning(text: str) -> str:
    """SQL of a text without case, accents, white space and punctuation; a space stays between two numbers.

    So `12-B Oak St.` is `12 B OAK ST`, but `1 23RD ST` is not `12 3RD ST`. Null where no letter or digit is left.

    Args:
        text: SQL of the text.
    """
    spaced = f"regexp_replace(strip_accents(upper({text})), '[^A-Z0-9]+', ' ', 'g')"
    behind = f"regexp_replace(trim({spaced}), '([^0-9]) ', '\\1', 'g')"
    return f"nullif(regexp_replace({behind}, ' ([^0-9])', '\\1', 'g'), '')"


def differs(old: str, new: str, test: str = "{old} <> {new}") -> str:
    """SQL of whether two texts have another meaning; false where one is unknown, and quick where they agree.

    Args:
        old: SQL of one text.
        new: SQL of the other.
        test: When their meanings, {old} and {new}, are held for different.
    """
    told = test.format(old=meaning(old), new=meaning(new))
    return f"CASE WHEN {old} <> {new} THEN coalesce({told}, false) ELSE false END"
