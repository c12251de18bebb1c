"""What a file really is, before anything reads it.

Promise: a workbook with a password or macros, a container that unpacks out of all proportion, and content that is not
what the name says are refused by looking at bytes and at the container's directory, without unpacking.
"""

import codecs
import os
import zipfile
from typing import BinaryIO, Literal

from services.profile.domain.imports.errors import (
    FileCarriesMacros,
    FileEmpty,
    FileNotWhatItsNameSays,
    FileProtected,
    FileRefused,
    FileTooLarge,
)

FileKind = Literal["xlsx", "csv"]

_ZIP = b"PK\x03\x04"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_WIDE_BOMS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE, codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)
MOST_UNPACKED = 4 << 30
"""Bytes that a container may unpack to: a million rows of twenty columns are about one GiB."""
MOST_RATIO = 200
"""Times that a large part of a container may grow: sheets grow ten- to fortyfold."""
_LARGE_PART = 16 << 20
_MOST_PARTS = 10_000


def kind_of(file: BinaryIO, name: str, most_rows: int) -> FileKind:
    """Tell how to read a file.

    Raises:
        FileRefused: a subclass of it says why it must not be read.
    """
    head = file.read(4096)
    file.seek(0)
    if not head:
        raise FileEmpty
    suffix = os.path.splitext(name.lower())[1]
    if head.startswith(_COMPOUND):
        raise FileProtected if _holds(file, _ENCRYPTED) else FileNotWhatItsNameSays
    if head.startswith(_ZIP):
        if suffix not in {".xlsx", ".xlsm", ""}:
            raise FileNotWhatItsNameSays
        _check_container(file, most_rows)
        return "xlsx"
    if suffix in {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"} or (b"\x00" in head and not head.startswith(_WIDE_BOMS)):
        raise FileNotWhatItsNameSays
    return "csv"


def _check_container(file: BinaryIO, most_rows: int) -> None:
    try:
        with zipfile.ZipFile(file) as container:
            parts = container.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileRefused from error
    finally:
        file.seek(0)
    too_large = FileTooLarge(limit_mib=MOST_UNPACKED >> 20, limit_rows=most_rows)
    if len(parts) > _MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise too_large
    for part in parts:
        name = part.filename.lower()
        if name.endswith("vbaproject.bin") or "/macrosheets/" in name or "/activex/" in name:
            raise FileCarriesMacros
        if part.flag_bits & 0x1:
            raise FileProtected
        if part.file_size > _LARGE_PART and part.file_size > MOST_RATIO * max(part.compress_size, 1):
            raise too_large
    if not any(part.filename == "xl/workbook.xml" for part in parts):
        raise FileNotWhatItsNameSays


def _holds(file: BinaryIO, mark: bytes) -> bool:
    """Look for a mark in the first 64 MiB; the directory of a compound file lies before that."""
    kept = b""
    for _ in range(64):
        piece = file.read(1 << 20)
        if not piece:
            break
        if mark in kept + piece:
            file.seek(0)
            return True
        kept = piece[-len(mark) :]
    file.seek(0)
    return False
