"""E-mail addresses of one person."""

import duckdb
from email_validator import EmailNotValidError, validate_email

from pipelines.linking.standard.distinct import decide, keep
from pipelines.linking.standard.words import either
from pipelines.sql import literals

_ATOM = "[a-z0-9!#$%&''*+/=?^_`{|}~-]"
_LABEL = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
_ORDINARY = rf"({_ATOM}+(?:\.{_ATOM}+)*)@((?:{_LABEL}\.)+[a-z]{{2,}})"
_OPEN_TO_ALL = (
    "info", "admin", "administrator", "sales", "support", "contact", "contactus", "office", "webmaster", "postmaster",
    "hostmaster", "abuse", "billing", "help", "helpdesk", "marketing", "hr", "jobs", "careers", "press", "media",
    "newsletter", "enquiries", "inquiries", "service", "customerservice", "accounting", "accounts", "orders",
    "reception", "root", "team", "staff", "donations", "membership",
)  # fmt: skip
"""Addresses of an office and not of a person."""
_FAKE = (
    "none", "no", "na", "null", "unknown", "test", "testing", "noemail", "no-email", "no_email", "noreply", "no-reply",
    "donotreply", "do-not-reply", "nobody", "noone", "fake", "asdf", "abc", "xyz", "anonymous", "decline", "declined",
    "refused", "notprovided", "email", "user", "someone", "example",
)  # fmt: skip
_FAKE_HOSTS = (
    "none.com", "none.net", "none.org", "no.com", "na.com", "noemail.com", "noemail.net", "noemail.org", "nomail.com",
    "unknown.com", "test.com", "fake.com", "example.com", "example.org", "example.net", "nowhere.com", "nobody.com",
    "invalid.com", "asdf.com", "abc.com", "xyz.com", "domain.com", "x.com", "xx.com", "xxx.com", "donotemail.com",
)  # fmt: skip
_UNUSABLE = ("test", "invalid", "local", "localhost", "onion", "arpa", "example")  # RFC 6761 and .onion, .arpa


def keep_emails(connection: duckdb.DuckDBPyConnection, texts: str, table: str) -> None:
    """Make `table`: text and email, null where it is no address of one person.

    Lower case; what follows a plus is dropped, at Gmail dots too (support.google.com/mail/answer/7436150), and
    googlemail.com is gmail.com. Null are addresses of an office (info@), made-up ones (none@none.com), and those whose
    syntax is wrong. Addresses in other forms (a name before <...>, other letters) are read by email-validator.

    Args:
        connection: Where the texts are.
        texts: SELECT of distinct text.
        table: Name of the working table; its key is text.
    """
    keep(connection, "standard_mailed", _mailed(texts))
    odd = "SELECT text FROM standard_mailed WHERE address IS NULL AND contains(text, '@')"
    decide(connection, odd, "standard_odd_emails", ["address"], lambda text: [_parsed(text)])
    keep(connection, table, _personal())


def _mailed(texts: str) -> str:
    """SELECT of text and address: lower case, null in other forms."""
    return f"""
    WITH lowered AS (
        SELECT text, lower(trim(text)) AS address
        FROM ({texts})
        WHERE text IS NOT NULL
    )
    SELECT text, if(regexp_full_match(address, '{_ORDINARY}'), address, NULL) AS address
    FROM lowered"""


def _personal() -> str:
    """SELECT of text and email."""
    return rf"""
    WITH told AS (
        SELECT text, coalesce(mailed.address, odd.address) AS address
        FROM standard_mailed AS mailed
        LEFT JOIN standard_odd_emails AS odd USING (text)
    ), parted AS (
        SELECT text,
            split_part(split_part(address, '@', 1), '+', 1) AS name,
            if(ends_with(address, '@googlemail.com'), 'gmail.com', split_part(address, '@', 2)) AS host
        FROM told
        WHERE length(address) <= 254 AND strpos(address, '@') <= 65
    ), named AS (
        SELECT text, host, if(host = 'gmail.com', replace(name, '.', ''), name) AS name
        FROM parted
    )
    SELECT text, name || '@' || host AS email
    FROM named
    WHERE name NOT IN ('', {literals((*_OPEN_TO_ALL, *_FAKE))})
        AND host NOT IN ({literals(_FAKE_HOSTS)})
        AND NOT regexp_matches(host, '(?:^|\.)(?:{either(_UNUSABLE)})$')
        AND NOT regexp_full_match(name, 'x+|n/a')"""


def _parsed(text: str) -> str | None:
    """An address in any form, as email-validator reads it; without asking the network."""
    try:
        found = validate_email(text.strip(), check_deliverability=False, allow_display_name=True)
    except EmailNotValidError:
        return None
    return found.ascii_email.lower() if found.ascii_email else None
