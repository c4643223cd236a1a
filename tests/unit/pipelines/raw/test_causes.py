"""A file that does not fit names its cause, and what a dated layout would have to say so that it is read."""

import io
import zipfile

import pytest

from models.errors import LayoutError, NoMemberError
from pipelines.layouts.dated.mending import RoleChange, changed
from pipelines.layouts.files import FileLayout
from pipelines.raw.diff import compare
from pipelines.raw.readers import open_file

NAMES = ["ID", "LAST", "FIRST", "STATUS", "REG_DATE", "CITY"]
STATUS = {"A": "active", "I": "inactive"}
ROWS = [[str(at), f"ZZCANARY{at}", "ANN", "AI"[at % 2], f"0{1 + at % 9}/15/2020", "AMES"] for at in range(1, 21)]


def layout(**more):
    format_ = {"kind": "delimited", "delimiters": [","], "encodings": ["latin-1"], "names": NAMES} | more
    voters = {
        "voter_id": {"from": "ID", "key": True},
        "last_name": {"from": "LAST", "required": True},
        "first_name": "FIRST",
        "status_code": {"from": "STATUS", "required": True, "code": STATUS},
        "registration_date": {"from": ["REG_DATE", "REGISTERED"], "required": True, "date": "%m/%d/%Y"},
        "city": "CITY",
    }
    return FileLayout.model_validate({"match": ["*"], "members": ["*.csv"], "format": format_, "voters": voters})


def content(names=NAMES, rows=ROWS, delimiter=",", quote="", title=""):
    lines = [delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in [*([names] if names else []), *rows]]
    return (title + "\n".join(lines) + "\n").encode("latin-1")


@pytest.fixture
def read(lake, tmp_path):
    """`read(bytes, layout)` gives the rows of a file, whether bridged and what was told; or raises."""

    def read(received, files, is_bridged=False, name="f.txt"):
        (tmp_path / "received").write_bytes(received)
        with lake.connect() as connection:
            texts = list(open_file(tmp_path / "received", name, files, tmp_path, is_bridged))
            rows = [row for text in texts for row in connection.execute(f"SELECT * FROM {text.relation}").fetchall()]
        places = [texts[0].headers.index(known) for known in ("ID", "LAST") if known in texts[0].headers]
        return [tuple(row[at] for at in places) for row in rows], texts[0]

    return read


def mended(files, change):
    told = RoleChange.model_validate(change)
    return FileLayout.model_validate(changed(files.model_dump(mode="json", by_alias=True), told))


def renamed(**new):
    return [new.get(name, name) for name in NAMES]


def zipped(name, text):
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr(name, text)
    return packed.getvalue()


REFUSED = {
    "renamed, like and at its place": (
        content(renamed(REG_DATE="REG_DT")), {}, "REG_DATE is now REG_DT", {"renamed": {"REG_DATE": "REG_DT"}},
    ),
    "renamed and moved, its texts fit": (
        content(["SIGNED", *NAMES[:4], "CITY"], [[row[4], *row[:4], row[5]] for row in ROWS]), {},
        "REG_DATE may now be SIGNED", {"renamed": {"REG_DATE": "SIGNED"}},
    ),
    "renamed out of all likeness at its place": (
        content(renamed(LAST="SURNAME")), {}, "LAST may now be SURNAME", {"renamed": {"LAST": "SURNAME"}},
    ),
    "at its place, of another kind": (
        content(renamed(STATUS="WARD_NO"), [[*row[:3], "17", *row[4:]] for row in ROWS]), {},
        "1 column is new: WARD_NO", {"added": ["WARD_NO"], "dropped": ["STATUS"]},
    ),
    "dropped beside new ones": (
        content([*NAMES[:3], *NAMES[4:], "A", "B"], [[*row[:3], *row[4:], "x", "y"] for row in ROWS]), {},
        "missing: STATUS. 2 columns are new: A, B", {"added": ["A", "B"], "dropped": ["STATUS"]},
    ),
    "a title": (
        content(title="List of all, made today\n\n"), {}, "the header stands in line 3, behind a title",
        {"set": {"format": {"skipped_lines": 2}}},
    ),
    "no title any more": (
        content(), {"skipped_lines": 1}, "the header stands in line 1, the layout expects it in line 2",
        {"set": {"format": {"skipped_lines": 0}}},
    ),
    "no header": (
        content(None), {}, "there is no header line; the first line is a row of data with as many fields as columns",
        {"set": {"format": {"header": "either"}}},
    ),
    "a header": (
        content(), {"header": False}, "its first line is a header, the layout says that there is none",
        {"set": {"format": {"header": "either"}}},
    ),
    "another delimiter": (
        content(delimiter="|"), {}, "its delimiter is pipe, the layout says comma",
        {"set": {"format": {"delimiters": ["|"]}}},
    ),
    "another delimiter and a new name": (
        content(renamed(CITY="TOWN"), delimiter="|"), {},
        "the layout says comma. 1 of 6 columns are missing: CITY. 1 column is new: TOWN. CITY may now be TOWN",
        {"renamed": {"CITY": "TOWN"}, "set": {"format": {"delimiters": ["|"]}}},
    ),
    "another delimiter without header": (
        content(None, delimiter=";"), {"header": False}, "its delimiter is semicolon",
        {"set": {"format": {"delimiters": [";"]}}},
    ),
    "quotes": (content(quote='"'), {}, "its fields stand in quotes", {"set": {"format": {"quote": '"'}}}),
    "quotes around some fields": (
        content(rows=[[f'"{row[0]}"', f'"{row[1]}"', *row[2:]] for row in ROWS]), {},
        "33% of the fields of its first lines stand in double quotes", {"set": {"format": {"quote": '"'}}},
    ),
    "another encoding": (
        content([*NAMES[:5], "CITY"], [[*row[:5], "É"] for row in ROWS]).decode("latin-1").encode(), {},
        "its bytes beyond ASCII are UTF-8; the layout allows latin-1",
        {"set": {"format": {"encodings": ["latin-1", "utf-8"]}}},
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_refusal_names_its_cause_and_the_change_mends_it(read, case):
    received, format_, sentence, change = REFUSED[case]
    files = layout(**format_)
    with pytest.raises(LayoutError) as refusal:
        read(received, files)
    assert sentence in str(refusal.value), str(refusal.value)
    assert refusal.value.change == change
    assert "CANARY" not in str(refusal.value) and "CANARY" not in str(refusal.value.change)
    rows, _ = read(received, mended(files, change))
    assert len(rows) == len(ROWS)


HOPELESS = {
    "a row of data with a field less": (content(None, [row[:5] for row in ROWS]), "the first line is not the header"),
    "a page": (b"<html><body>Service Unavailable</body></html>", "a web page or XML stands where"),
    "a header and no rows": (content(rows=[]), "a header and no rows"),
    "two of a name": (content(renamed(CITY="LAST")), "1 columns that are read stand twice in the header: LAST"),
    "UTF-16 without its mark": (content().decode().encode("utf-16-le"), "it looks like UTF-16 without its mark"),
    "Parquet": (b"PAR1" + bytes(40), "a Parquet file stands where text was expected"),
    "a workbook": (zipped("[Content_Types].xml", "x"), "a workbook of Excel stands where text was expected"),
    "a PDF": (b"%PDF-1.7\n", "a PDF document stands where text was expected"),
    "Parquet in a zip": (zipped("f.csv", b"PAR1" + bytes(40)), "f.txt/f.csv: a Parquet file stands where"),
}


@pytest.mark.parametrize("case", HOPELESS)
def test_what_no_layout_can_mend_is_told_without_a_change(read, case):
    received, sentence = HOPELESS[case]
    for is_bridged in (False, True):
        with pytest.raises(LayoutError) as refusal:
            read(received, layout(), is_bridged)
        assert sentence in str(refusal.value) and refusal.value.change is None, str(refusal.value)
        assert "CANARY" not in str(refusal.value)


def test_a_member_under_another_name_is_named(read):
    with pytest.raises(NoMemberError) as refusal:
        read(zipped("voters.txt", content()), layout())
    assert "member voters.txt stands where *.csv was expected" in str(refusal.value)
    assert refusal.value.change == {"set": {"members": ["*.csv", "*.txt"]}}
    assert len(read(zipped("voters.txt", content()), mended(layout(), refusal.value.change))[0]) == len(ROWS)


BRIDGED = {
    "another delimiter": (content(delimiter="|"), {}, "its delimiter is pipe, the layout says comma."),
    "another delimiter, quoted": (
        content(delimiter="\t", quote='"'), {"quote": '"'}, "its delimiter is tab, the layout says comma.",
    ),
    "quotes": (content(quote='"'), {}, "every field stands in double quotes, the layout has no quotes."),
    "single quotes": (
        content(quote="'"), {"quote": '"'}, "every field stands in single quotes, the layout has double quotes.",
    ),
    "quotes without header": (content(None, quote='"'), {"header": False}, "every field stands in double quotes"),
    "quotes and another delimiter": (content(quote='"', delimiter=";"), {}, "its delimiter is semicolon"),
    "a header where there was none": (content(), {"header": False}, "its first line is a header"),
    "UTF-8": (content(rows=[[*row[:5], "É"] for row in ROWS]).decode("latin-1").encode(), {}, "are UTF-8"),
    "UTF-16": (content().decode().encode("utf-16"), {}, "opens with the mark of UTF-16; the layout allows latin-1."),
    "latin-1": (content(rows=[[*row[:5], "É"] for row in ROWS]), {"encodings": ["utf-8"]}, "letters in latin-1"),
    "cp1252": (
        content(rows=[[*row[:5], "É"] for row in ROWS]).replace(b"\xc9", b"O\x92S"), {"encodings": ["utf-8"]},
        "letters in cp1252",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", BRIDGED)
def test_a_change_of_dialect_is_bridged_told_and_proposed(read, case):
    received, format_, sentence = BRIDGED[case]
    files = layout(**format_)
    with pytest.raises(LayoutError):
        read(received, files)
    rows, text = read(received, files, is_bridged=True)
    assert rows == [tuple(row[:2]) for row in ROWS]
    assert any(sentence in told for told in text.told), text.told
    plain, again = read(received, mended(files, text.change))
    assert plain == rows and not again.told


NOT_BRIDGED = {
    "another delimiter and a column less": content(NAMES[:5], [row[:5] for row in ROWS], delimiter="|"),
    "another delimiter in the header alone": content().replace(
        b"ID,LAST,FIRST,STATUS,REG_DATE,CITY", b"ID|LAST|FIRST|STATUS|REG_DATE|CITY"
    ),
    "quotes around most fields": content(rows=[[f'"{cell}"' for cell in row[:5]] + ["AMES"] for row in ROWS]),
    "two encodings": content(rows=[[*row[:5], "É"] for row in ROWS])
    + content(None, [[*row[:5], "É"] for row in ROWS]).decode("latin-1").encode(),
}


@pytest.mark.parametrize("case", NOT_BRIDGED)
def test_what_is_in_doubt_is_refused_as_before(read, case):
    with pytest.raises(LayoutError):
        read(NOT_BRIDGED[case], layout(encodings=["utf-8"]), is_bridged=True)


def test_what_the_layout_lists_is_no_difference(read):
    same = [content(), content([name.lower() for name in NAMES]), content(renamed(REG_DATE="Registered"))]
    for received in same:
        rows, text = read(received, layout(), is_bridged=True)
        assert not text.told and not text.change and len(rows) == len(ROWS)
        assert str(compare(text.headers, layout(), text.first_rows())) == ""
        assert compare(text.headers, layout(), text.first_rows()).change() == {}


def test_a_header_of_any_size_is_told_in_a_short_sentence(read):
    names = [*NAMES[:5], *(f"COLUMN {at} " + "x" * 200 for at in range(3000))]
    row = ["1", "ANN", "A", "A", "01/15/2020", *([""] * 3000)]
    _, text = read(content(names, [row]), layout())
    told = str(compare(text.headers, layout(), text.first_rows()))
    assert "3,000 columns are new" in told and "COLUMN" not in told and len(told) < 5000


def test_first_lines_of_any_length_are_looked_at_within_bounds(read, monkeypatch):
    monkeypatch.setattr("pipelines.raw.opening._LONGEST_HEAD", 100)
    rows, text = read(content(), layout())
    assert len(rows) == len(ROWS) and len(text.scan.opened.head(50)) < 10


def test_numbered_columns_renamed_alike_are_told_by_their_template():
    names = ["ID", *(f"DATE {at}" for at in range(1, 5))]
    files = FileLayout.model_validate(
        {"match": ["*"], "format": layout().format.model_dump() | {"names": names}, "voters": {"voter_id": "ID"}}
    )
    found = compare(["ID", *(f"DATED {at}" for at in range(1, 5))], files)
    assert found.change() == {"renamed": {"DATE {n}": "DATED {n}"}}
