"""Rows of a delimited text file: its encoding, delimiter and line ends are found out, mixed encodings are told."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Iterator
from typing import BinaryIO

from services.profile.adapters.sheets.guard import MOST_UNPACKED
from services.profile.domain.imports.errors import FileEmpty, FileNotWhatItsNameSays, FileRefused, FileTooLarge

LARGEST_CELL = 32 << 20
"""Characters of one cell that the reader holds; what is longer is a stray quote, not a cell."""
_DELIMITERS = ";,\t|"
_SAMPLE_LINES = 50
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    # Before UTF-16, whose mark begins theirs.
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


class Delimited:
    """An open text file; `total` lines, headers counted, as far as line ends tell."""

    def __init__(self, file: BinaryIO, most_rows: int) -> None:
        self._file, self._most_rows = file, most_rows
        self._start, self._encoding = 0, ""
        head = file.read(4)
        for bom, encoding in _BOMS:
            if head.startswith(bom):
                self._start, self._encoding = len(bom), encoding
                break
        self._wide = self._encoding.startswith(("utf-16", "utf-32"))
        file.seek(self._start)
        self._end = "\n"
        self.total = self._survey()
        self._by_encoding: Counter[str] = Counter()
        self._delimiter = self._find_delimiter()
        csv.field_size_limit(LARGEST_CELL)

    @property
    def notes(self) -> list[str]:
        """What is to be said of the file as a whole, once it is read."""
        return ["FILE_MIXED_ENCODINGS"] if len(self._by_encoding) > 1 else []

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give the rows with their number from 1; empty ones too."""
        self._by_encoding.clear()
        reader = csv.reader(self._lines(), delimiter=self._delimiter)
        try:
            for at, row in enumerate(reader, 1):
                if at > self._most_rows:
                    raise FileTooLarge(limit_mib=MOST_UNPACKED >> 20, limit_rows=self._most_rows)
                yield at, [cell.strip() for cell in row]
        except csv.Error as error:
            raise FileRefused from error

    def _survey(self) -> int:
        """Count lines and find out what ends them: a carriage return where there is no other end."""
        feeds, returns, filled = 0, 0, False
        wide = codecs.getincrementaldecoder(self._encoding)("replace") if self._wide else None
        while piece := self._file.read(1 << 20):
            if wide is not None:
                piece = wide.decode(piece).encode()
            elif b"\x00" in piece:
                raise FileNotWhatItsNameSays
            feeds += piece.count(b"\n")
            returns += piece.count(b"\r")
            filled = filled or bool(piece.strip())
        if not filled:
            raise FileEmpty
        if returns and not feeds:
            self._end = "\r"
        return (feeds or returns) + 1

    def _lines(self) -> Iterator[str]:
        self._file.seek(self._start)
        if not self._wide and self._end == "\n":
            for line in self._file:
                yield self._decoded(line)
            return
        # Latin-1 maps bytes to characters one by one, so that lines are cut before their encoding is known.
        text = io.TextIOWrapper(self._file, self._encoding if self._wide else "latin-1", "replace", newline=self._end)
        try:
            for written in text:
                yield written if self._wide else self._decoded(written.encode("latin-1"))
        finally:
            text.detach()

    def _decoded(self, line: bytes) -> str:
        """Decode a line by the file's encoding; where it has none, UTF-8 when it is that, else windows-1251."""
        if line.isascii():
            return line.decode("ascii")
        try:
            text = line.decode("utf-8")
        except UnicodeDecodeError:
            self._by_encoding["cp1251"] += 1
            return line.decode("cp1251", "replace")
        self._by_encoding["utf-8"] += 1
        return text

    def _find_delimiter(self) -> str:
        """Take the delimiter that divides the first lines most evenly, outside quotes."""
        counts: dict[str, list[int]] = {delimiter: [] for delimiter in _DELIMITERS}
        for at, line in enumerate(self._lines()):
            if at >= _SAMPLE_LINES:
                break
            bare = "".join(line[:65536].split('"')[::2])
            if bare.strip():
                for delimiter, found in counts.items():
                    found.append(bare.count(delimiter))

        def evenness(delimiter: str) -> tuple[int, int]:
            found = Counter(count for count in counts[delimiter] if count)
            return found.most_common(1)[0] if found else (0, 0)

        # The same number of delimiters in the most lines; of equals the one with more columns.
        return max(_DELIMITERS, key=lambda each: (evenness(each)[1], evenness(each)[0]))
