"""Ways to damage a workbook: its bytes, the XML of its parts, the structure of its archive."""

from __future__ import annotations

import io
import random
import re
import zipfile
from collections.abc import Callable

from tests.zip_damage import damage_structure

Parts = list[tuple[str, bytes]]

HOSTILE = (
    b"", b"-1", b"0", b"1e400", b"NaN", b"99999999999999999999", b"2147483648", b"A0", b"XFD1048577", b"#REF!",
    b"&#0;", b"rId999", b"../../../etc/passwd", b"=cmd|'/C calc'!A0", "客户".encode(), b"\xff\xfe", b"x" * 70_000,
)  # fmt: skip
_ATTRIBUTE = re.compile(rb'([\w:]+)="([^"]*)"')
_TAG = re.compile(rb"<[^<>]+>")
_SIMPLE = re.compile(rb"<(\w[\w:]*)\b[^<>]*/>|<(\w[\w:]*)\b[^<>]*>[^<>]*</\2>")


def mutate(data: bytes, chance: random.Random) -> bytes:
    """A damaged copy of the workbook ``data``; the same state of ``chance`` gives the same damage."""
    for _ in range(chance.choice((1, 1, 1, 2, 4))):
        way = chance.choice((
            _damage_bytes, _damage_archive, damage_structure, _damage_xml, _damage_xml, _damage_xml, _odd_cell,
        ))  # fmt: skip
        data = way(data, chance)
    return data


def _damage_bytes(data: bytes, chance: random.Random) -> bytes:
    place, length = chance.randrange(len(data) + 1), chance.choice((1, 4, 100, 5000))
    return chance.choice((
        lambda: data[:place],
        lambda: data[:place] + data[place + length :],
        lambda: data[:place] + data[place : place + length] * 2 + data[place + length :],
        lambda: data[:place] + chance.randbytes(length) + data[place + length :],
        lambda: data[:place] + bytes([data[place % max(len(data), 1)] ^ 1 << chance.randrange(8)]) + data[place + 1 :]
        if data
        else data,
        lambda: data + chance.randbytes(length),
    ))()  # fmt: skip


def _damage_archive(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    if not parts:
        return _damage_bytes(data, chance)
    index, other = chance.randrange(len(parts)), chance.randrange(len(parts))
    name, content = parts[index]
    ways: tuple[Callable[[], Parts], ...] = (
        lambda: parts[:index] + parts[index + 1 :],
        lambda: [*parts, (name, content)],
        lambda: [*parts, (name.upper(), content)],
        lambda: _put(parts, index, (chance.choice(("../", "/", "xl\\", "xl/../", "")) + name, content)),
        lambda: _put(parts, index, (name, parts[other][1])),
        lambda: _put(parts, index, (name, b"")),
        lambda: _put(parts, index, (name, content[: chance.randrange(len(content) + 1)])),
        lambda: _put(parts, index, (name, bytes(chance.choice((1, 40 << 20))))),
        lambda: chance.sample(parts, len(parts)),
    )
    return _archive(chance.choice(ways)())


def _damage_xml(data: bytes, chance: random.Random) -> bytes:
    parts = _parts(data)
    chosen = [
        index for index, (name, content) in enumerate(parts) if content[:1] == b"<" and len(content) < 1 << 20
    ]
    if not chosen:
        return _damage_bytes(data, chance)
    index = chance.choice(chosen)
    name, content = parts[index]
    return _archive(_put(parts, index, (name, chance.choice(_XML_WAYS)(content, chance))))


def _one(pattern: re.Pattern[bytes], xml: bytes, chance: random.Random) -> re.Match[bytes] | None:
    found = list(pattern.finditer(xml))
    return chance.choice(found) if found else None


def _odd_attribute(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_ATTRIBUTE, xml, chance)
    return xml[: match.start(2)] + chance.choice(HOSTILE) + xml[match.end(2) :] if match else xml


def _no_attribute(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_ATTRIBUTE, xml, chance)
    return xml[: match.start()] + xml[match.end() :] if match else xml


def _no_tag(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_TAG, xml, chance)
    return xml[: match.start()] + xml[match.end() :] if match else xml


def _no_element(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_SIMPLE, xml, chance)
    return xml[: match.start()] + xml[match.end() :] if match else xml


def _twice(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_SIMPLE, xml, chance)
    return xml[: match.end()] + match[0] * chance.choice((1, 3, 2000)) + xml[match.end() :] if match else xml


def _moved(xml: bytes, chance: random.Random) -> bytes:
    match, to = _one(_SIMPLE, xml, chance), _one(_TAG, xml, chance)
    if not match or not to or match.start() < to.end() < match.end():
        return xml
    rest = xml[: match.start()] + xml[match.end() :]
    place = to.end() if to.end() <= match.start() else to.end() - len(match[0])
    return rest[:place] + match[0] + rest[place:]


def _odd_text(xml: bytes, chance: random.Random) -> bytes:
    match = _one(re.compile(rb">([^<>]+)<"), xml, chance)
    return xml[: match.start(1)] + chance.choice(HOSTILE) + xml[match.end(1) :] if match else xml


def _nested(xml: bytes, chance: random.Random) -> bytes:
    match, depth = _one(_TAG, xml, chance), chance.choice((10, 300, 100_000))
    return xml[: match.end()] + b"<a>" * depth + b"</a>" * depth + xml[match.end() :] if match else xml


def _entities(xml: bytes, chance: random.Random) -> bytes:
    prolog = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;"><!ENTITY c SYSTEM "file:///etc/passwd">]>'
    start = xml.find(b"?>") + 2 if xml.startswith(b"<?xml") else 0
    return _odd_text(xml[:start] + prolog + xml[start:], chance).replace(b"&#0;", b"&b;&c;")


def _another_encoding(xml: bytes, chance: random.Random) -> bytes:
    text = xml.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "gb18030", "utf-8-sig")), "replace")


def _huge_attribute(xml: bytes, chance: random.Random) -> bytes:
    match = _one(_TAG, xml, chance)
    if not match:
        return xml
    end = match.end() - (2 if match[0].endswith(b"/>") else 1)
    many = b"".join(b' a%d="1"' % number for number in range(20_000))
    return (
        xml[:end] + chance.choice((b' huge="' + b"x" * (12 << 20) + b'"', many, b' r="1" r="2"')) + xml[end:]
    )


def _wrong_namespace(xml: bytes, chance: random.Random) -> bytes:
    match = _one(re.compile(rb'xmlns(:\w+)?="([^"]*)"'), xml, chance)
    other = chance.choice(
        (b"", b"urn:x", b"http://purl.oclc.org/ooxml/spreadsheetml/main", b"http://www.w3.org/2000/xmlns/")
    )
    return xml[: match.start(2)] + other + xml[match.end(2) :] if match else xml


def _to_nowhere(xml: bytes, chance: random.Random) -> bytes:
    """Relationships to nothing, to themselves, out of the package, to another kind of part."""
    match = _one(re.compile(rb'(?:Target|TargetMode|Type|r:id|r:embed)="([^"]*)"'), xml, chance)
    other = chance.choice((
        b"nowhere.xml", b"/xl/workbook.xml", b"../../../../x", b"file:///etc/passwd", b"External", b"", b"%2e%2e/x",
        b"/_rels/.rels", b"xl/worksheets/sheet1.xml", b"rId1",
    ))  # fmt: skip
    return xml[: match.start(1)] + other + xml[match.end(1) :] if match else xml


def _odd_index(xml: bytes, chance: random.Random) -> bytes:
    """An index of a style, text, sheet or format that is not there."""
    match = _one(
        re.compile(
            rb'\b(?:s|count|dxfId|fontId|xfId|numFmtId|sheetId|localSheetId|si|id|vm|cm|colId)="(\d+)"'
        ),
        xml,
        chance,
    )
    other = chance.choice((b"-1", b"70000", b"4294967296", b"9" * 30, b"1.5", b"0"))
    return xml[: match.start(1)] + other + xml[match.end(1) :] if match else xml


def _odd_formula(xml: bytes, chance: random.Random) -> bytes:
    """A formula nested without end, cyclic, or of signs only."""
    match = _one(re.compile(rb"<(?:f|formula1?|definedName)\b[^<>]*>([^<>]*)<|<v>([^<>]*)<"), xml, chance)
    if not match:
        return xml
    group = 1 if match[1] is not None else 2
    other = chance.choice((
        b"(" * 9000, b"SUM(" * 70 + b"1" + b")" * 70, b"'" * 999, b'"' * 999, b"A1", b"{1,2;3}", b"[1]Sheet!A1",
        b"#REF!", b"1e999", b"-1e-999", b"0x10", b"Infinity", b"1_000", "１２".encode(), b"1" * 400,
    ))  # fmt: skip
    return xml[: match.start(group)] + other + xml[match.end(group) :]


_XML_WAYS = (
    _odd_attribute, _odd_attribute, _no_attribute, _no_tag, _no_element, _twice, _moved, _odd_text, _nested, _entities,
    _another_encoding, _huge_attribute, _wrong_namespace, _to_nowhere, _to_nowhere, _odd_index, _odd_index,
    _odd_formula,
)  # fmt: skip


# What people and programs type where a date, an amount, a yes or a number is expected.
_TYPED = (
    "", "是", "否", "以后都这样", "=1+1", "99999999999999999999", "-1", "1e999", "NaN", "2024-02-30",
    "0000-00-00", "1900-01-00", "9999-12-31", "10000-01-01", "２０２４年１月", "[", "{", "\\", "%s", "a.b.c",
    "true", "TRUE", "0", "10；20；30", "，", "\u202e反", "\ud7ff", "x" * 32767, "1" * 5000, "张" * 300, "a\nb",
    "*", "?", "~", "'", "C2024001", "#REF!", "http://x", "0.1.2", "-0", "１００％", "∞",
)  # fmt: skip


def _odd_cell(data: bytes, chance: random.Random) -> bytes:
    """Another text or number in some cells of one sheet: settings, marks of quality, ids, dates, amounts."""
    parts = _parts(data)
    sheets = [
        index
        for index, (name, content) in enumerate(parts)
        if re.match(r"xl/(worksheets/|sharedStrings)", name) and len(content) < 1 << 20
    ]
    if not sheets:
        return data
    index = chance.choice(sheets)
    name, xml = parts[index]
    for _ in range(chance.choice((1, 3, 20))):
        match = _one(re.compile(rb"<(?:t|v)\b[^<>]*>([^<>]*)</"), xml, chance)
        if match:
            typed = chance.choice(_TYPED).encode().replace(b"&", b"&amp;").replace(b"<", b"&lt;")
            xml = xml[: match.start(1)] + typed + xml[match.end(1) :]
    return _archive(_put(parts, index, (name, xml)))


def _parts(data: bytes) -> Parts:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return [
                (info.filename, archive.read(info)) for info in archive.infolist() if info.file_size < 8 << 20
            ]
    except Exception:  # damaged before
        return []


def _put(parts: Parts, index: int, part: tuple[str, bytes]) -> Parts:
    return [*parts[:index], part, *parts[index + 1 :]]


def _archive(parts: Parts) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts:
            info = zipfile.ZipInfo("x")
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return buffer.getvalue()
