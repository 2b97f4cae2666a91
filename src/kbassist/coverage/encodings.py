"""The text of a log, whatever program saved it."""

from __future__ import annotations

from kbassist.errors import DatasetError

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How .xlsx and other archives, and .xls begin."""


def decode(data: bytes, path: str, notices: list[str]) -> str:
    """The text in the bytes of a file: UTF-8, UTF-16 with its mark, else GB 18030.

    Args:
        data: all of the file.
        path: for messages.
        notices: gets one where the encoding is a guess.

    Raises:
        DatasetError: no text, or in no known encoding; names the first line that is not.
    """
    if data.startswith(_WORKBOOKS):
        raise DatasetError(
            "is a workbook or an archive, and no text",
            path=path,
            hint="Save the sheet with the questions as CSV (UTF-8).",
        )
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        first = error
    try:
        text = data.decode("gb18030")
    except UnicodeDecodeError:
        raise DatasetError(
            f"neither UTF-8 nor GB 18030: byte {first.start} is {data[first.start]:#04x}",
            path=path,
            line=data.count(b"\n", 0, first.start) + 1,
            hint="Save it as UTF-8.",
        ) from None
    notices.append(f"{path}: read as GB 18030, as it is not UTF-8")
    return text
