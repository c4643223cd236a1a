"""Breaks of files: missing, doubled, damaged, old, of another kind or from another state."""

import io
import shutil
import tempfile
import zipfile
from collections.abc import Sequence
from pathlib import Path

import xlsxwriter

from pipelines.layouts.lookups import Written, fits_any
from pipelines.layouts.source import Layout
from pipelines.synthetic.breaks.kinds import (
    HELD,
    LOADS_OR_HELD,
    Break,
    each,
    is_text,
    is_zipped,
    no,
)
from pipelines.synthetic.breaks.texts import TextFile, html_page
from pipelines.synthetic.breaks.victim import Victim, read_place, rearchive

_STRAY = "export.bak"


def _written(layout: Layout) -> Written:
    written = layout.files["voters"].written
    assert written is not None
    return written


def _lose_part(victim: Victim) -> None:
    victim.dice.choice(victim.files()).unlink()


def _lose_member(victim: Victim) -> None:
    lost = victim.largest()
    rearchive(lost.file, {}, {lost.member: None})


def _double_member(victim: Victim) -> None:
    place = victim.largest()
    folder, _, name = place.member.rpartition("/")
    content = read_place(place)
    with zipfile.ZipFile(place.file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(f"{folder or 'again'}/copies/{name}"), content, zipfile.ZIP_DEFLATED)


def _double_file(victim: Victim) -> None:
    file = victim.dice.choice(victim.files())
    shutil.copy(file, file.with_name(f"{file.stem}(1){file.suffix}"))


def _damage(victim: Victim) -> None:
    place = victim.largest()
    content = bytearray(place.file.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(255 - byte for byte in content[middle : middle + 64])
    place.file.write_bytes(bytes(content))


def _break_off(victim: Victim) -> None:
    file = victim.largest().file
    file.write_bytes(file.read_bytes()[: file.stat().st_size * 6 // 10])


def _rename_member(victim: Victim) -> None:
    place = victim.largest()
    rearchive(place.file, {}, {place.member: _STRAY})


def _empty_file(victim: Victim) -> None:
    victim.largest().file.write_bytes(b"")


def _send_again(victim: Victim) -> None:
    """The files of the delivery before, under the names of today."""
    then = sorted(file for file in victim.others["before"].iterdir() if file.is_file())
    for new, old in zip(sorted(victim.folder.iterdir()), then, strict=True):
        new.write_bytes(old.read_bytes())


def _send_again_packed_anew(victim: Victim) -> None:
    _send_again(victim)
    for file in victim.folder.iterdir():
        if file.suffix.lower() == ".zip":
            rearchive(file, {}, level=9)


def _send_foreign(victim: Victim) -> None:
    """The largest text of another state, under the names of this one."""
    content = _largest_text(victim.others["foreign"])
    for place in victim.places():
        victim.replace(lambda _: content, [place])


def _largest_text(folder: Path) -> bytes:
    """The largest text of a delivery folder, whatever its layout."""
    found = []
    for file in sorted(folder.iterdir()):
        if zipfile.is_zipfile(file):
            with zipfile.ZipFile(file) as archive:
                found += [archive.read(member) for member in archive.infolist()]
        else:
            found.append(file.read_bytes())
    return max(found, key=len)


def _send_page(victim: Victim) -> None:
    file = victim.largest().file
    file.write_bytes(html_page(b""))


def _send_workbook(victim: Victim) -> None:
    victim.rewrite(lambda content, how: _as_workbook(content, how), only=victim.largest())


def _as_workbook(content: bytes, how: TextFile) -> bytes:
    with tempfile.TemporaryDirectory() as home:
        target = Path(home) / "book.xlsx"
        with xlsxwriter.Workbook(target, {"strings_to_numbers": False}) as workbook:
            sheet = workbook.add_worksheet()
            for place, row in enumerate(how.rows(content)):
                sheet.write_row(place, 0, [how.value(cell) for cell in row])
        return target.read_bytes()


def _send_zip_in_text(victim: Victim) -> None:
    victim.rewrite(lambda content, _: _as_zip(content), only=victim.largest())


def _as_zip(content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("voters.txt"), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _is_by_county(layout: Layout) -> bool:
    return is_zipped(layout) and "{county}" in _written(layout).member


def _has_parts(layout: Layout) -> bool:
    return bool(layout.files["voters"].parts)


def _is_told_by_suffix(layout: Layout) -> bool:
    return is_zipped(layout) and not fits_any(_STRAY, layout.files["voters"].members)


BREAKS: Sequence[Break] = (
    Break(  # Ohio's four parts, Oklahoma's 77 counties
        name="part_missing",
        sentence="One of the files that make the state whole did not come.",
        change=_lose_part,
        outcomes=frozenset({"waits"}),
        cause=r"Waits for voters",
        fits=_has_parts,
    ),
    Break(  # Pennsylvania's and Texas' files of counties
        name="county_file_missing",
        sentence="The file of a county is missing in the archive.",
        change=_lose_member,
        outcomes=HELD,
        cause=r"count(y|ies)|gone",
        fits=_is_by_county,
    ),
    Break(  # Florida's disk of April 2026 held two folders of copies
        name="county_file_twice",
        sentence="The file of a county stands twice in the archive.",
        change=_double_member,
        outcomes=LOADS_OR_HELD,
        cause=r"twice|folded|again",
        fits=_is_by_county,
    ),
    Break(  # a browser that downloaded twice
        name="file_twice",
        sentence="A file came twice, under two names.",
        change=_double_file,
        outcomes=LOADS_OR_HELD,
        cause=r"same bytes|twice|folded|again",
    ),
    Break(  # a transfer with errors
        name="archive_damaged",
        sentence="Some bytes in the middle of the archive are others.",
        change=_damage,
        outcomes=HELD,
        cause=r"damaged|cut short",
        fits=is_zipped,
    ),
    Break(  # a transfer that broke off
        name="archive_cut",
        sentence="The archive ends after three fifths of its bytes.",
        change=_break_off,
        outcomes=HELD,
        cause=r"damaged|cut short",
        fits=is_zipped,
    ),
    Break(  # North Carolina's ncvhis_Statewide.txt and its names for single counties
        name="member_renamed",
        sentence="The file in the archive carries another name.",
        change=_rename_member,
        outcomes=HELD,
        cause=r"member|count(y|ies)|gone",
        fits=_is_told_by_suffix,
    ),
    Break(  # nothing but the name arrived
        name="file_empty",
        sentence="The file has no bytes.",
        change=_empty_file,
        outcomes=HELD,
        cause=r"empty",
    ),
    Break(  # a link that was not moved to the new month
        name="last_delivery_again",
        sentence="The files of the delivery before came again, byte for byte.",
        change=_send_again,
        outcomes=HELD,
        cause=r"sent again|byte for byte",
        needs=("before",),
    ),
    Break(  # the same in a new archive
        name="last_delivery_packed_anew",
        sentence="The files of the delivery before came again in new archives.",
        change=_send_again_packed_anew,
        outcomes=HELD,
        cause=r"sent again|older|same (people|content|rows|voters)|nothing|every value|no voter",
        fits=is_zipped,
        needs=("before",),
    ),
    Break(  # a mix-up on the way in
        name="another_states_file",
        sentence="The file is another state's, under this one's name.",
        change=_send_foreign,
        outcomes=HELD,
        cause=r"missing|fields|columns|header|known|gone|refused|row of data|characters|delimiter|bytes",
        fits=is_text,
        needs=("foreign",),
    ),
    Break(  # a site under repair
        name="web_page",
        sentence="A web page came instead of the file.",
        change=_send_page,
        outcomes=HELD,
        cause=r"web page",
    ),
    Break(  # Arizona's and Georgia's moves between workbook and text
        name="workbook_instead",
        sentence="An Excel workbook stands in place of the text.",
        change=_send_workbook,
        outcomes=HELD,
        cause=r"workbook|Excel",
        fits=is_text,
    ),
    Break(  # Colorado's archives in archives
        name="archive_instead",
        sentence="An archive stands in place of the text, under its name.",
        change=_send_zip_in_text,
        outcomes=LOADS_OR_HELD,
        cause=r"archive|zip|members",
        fits=each(is_text, no(_has_parts)),
    ),
)
"""Breaks of files."""
