"""Spreadsheets (.xlsx) with nothing but the standard library: ECMA-376, the few parts that a table needs."""

import io
import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple
from xml.sax.saxutils import escape
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

Cell = str | float | int | None
_MOST_ROWS: Final = 1_048_576
_HEADING: Final = 1
_WIDEST: Final = 80


class Sheet(NamedTuple):
    """A table: the first row is its heading, which stays in sight."""

    name: str
    rows: Sequence[Sequence[Cell]]


def write(sheets: Sequence[Sheet]) -> bytes:
    """Return a workbook; what is no number (NaN) becomes an empty cell.

    Raises
    ------
    ValueError
        For more rows than a sheet can have.
    """
    if any(len(sheet.rows) > _MOST_ROWS for sheet in sheets):
        raise ValueError(f"a sheet has at most {_MOST_ROWS} rows")
    file = io.BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as zipped:
        for name, text in _parts(sheets):
            part = ZipInfo(name)  # without today's date: the same table is the same file
            part.compress_type = ZIP_DEFLATED
            zipped.writestr(part, f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{text}')
    return file.getvalue()


def _parts(sheets: Sequence[Sheet]) -> Iterator[tuple[str, str]]:
    numbers = range(1, len(sheets) + 1)
    kinds = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SPREADSHEET}.worksheet+xml"/>'
        for n in numbers
    )
    yield (
        "[Content_Types].xml",
        '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_SPREADSHEET}.sheet.main+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SPREADSHEET}.styles+xml"/>{kinds}</Types>',
    )
    yield "_rels/.rels", _links([("rId1", "officeDocument", "xl/workbook.xml")])
    listed = "".join(
        f'<sheet name="{_attribute(sheet.name[:31])}" sheetId="{n}" r:id="rId{n}"/>'
        for n, sheet in zip(numbers, sheets, strict=True)
    )
    yield (
        "xl/workbook.xml",
        f'<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}"><sheets>{listed}</sheets></workbook>',
    )
    yield (
        "xl/_rels/workbook.xml.rels",
        _links(
            [
                *((f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers),
                (f"rId{len(sheets) + 1}", "styles", "styles.xml"),
            ]
        ),
    )
    yield "xl/styles.xml", _STYLES
    for n, sheet in zip(numbers, sheets, strict=True):
        yield f"xl/worksheets/sheet{n}.xml", _sheet(sheet)


def _sheet(sheet: Sheet) -> str:
    rows = "".join(_row(number, row) for number, row in enumerate(sheet.rows, 1))
    return (
        f'<worksheet xmlns="{_MAIN}"><sheetViews><sheetView workbookViewId="0">'
        '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews>'
        f"{_widths(sheet.rows)}<sheetData>{rows}</sheetData></worksheet>"
    )


def _widths(rows: Sequence[Sequence[Cell]]) -> str:
    columns = max((len(row) for row in rows), default=0)
    if not columns:
        return ""
    widths = (max((len(str(row[at])) for row in rows[:50] if at < len(row)), default=8) for at in range(columns))
    inside = "".join(
        f'<col min="{n}" max="{n}" width="{min(_WIDEST, width + 2)}" customWidth="1"/>'
        for n, width in enumerate(widths, 1)
    )
    return f"<cols>{inside}</cols>"


def _row(number: int, cells: Iterable[Cell]) -> str:
    style = ' s="1"' if number == _HEADING else ""
    inside = "".join(_cell(f"{_letters(at)}{number}", cell, style) for at, cell in enumerate(cells))
    return f'<row r="{number}">{inside}</row>'


def _cell(place: str, cell: Cell, style: str) -> str:
    if cell is None or (isinstance(cell, float) and not math.isfinite(cell)):
        return ""
    if isinstance(cell, str):
        text = escape("".join(letter for letter in cell if _in_xml(letter)))
        return f'<c r="{place}" t="inlineStr"{style}><is><t xml:space="preserve">{text}</t></is></c>'
    return f'<c r="{place}"{style}><v>{cell!r}</v></c>'


def _in_xml(letter: str) -> bool:
    """Whether XML 1.0 has that character at all."""
    return (letter >= " " or letter in "\t\n") and letter not in "\ufffe\uffff"


def _letters(column: int) -> str:
    """A for 0, Z for 25, AA for 26."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _links(links: Iterable[tuple[str, str, str]]) -> str:
    inside = "".join(
        f'<Relationship Id="{name}" Type="{_RELATIONS}/{kind}" Target="{to}"/>' for name, kind, to in links
    )
    return (
        f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{inside}</Relationships>'
    )


def _attribute(text: str) -> str:
    return escape(text, {'"': "&quot;"})


_MAIN: Final = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS: Final = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_SPREADSHEET: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_STYLES: Final = (
    f'<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>'
    '</fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)
