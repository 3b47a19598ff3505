"""Opens a workbook so that none of its parts takes hours: each is looked at while it is read."""

from io import BytesIO
from typing import IO, Any
from zipfile import ZipFile

from openpyxl.reader.excel import ExcelReader

# expat before 2.6 reads a tag, a comment and the like from its beginning again with each part it
# is fed (CVE-2023-52425): one of 100 MB takes an hour. What Excel writes is far shorter.
MOST_TOKEN = 4 * 1024 * 1024
_ENDS = {b"<!--": b"-->", b"<![CDATA[": b"]]>", b"<!": b">", b"<?": b"?>"}
_LONGEST_SIGN = 9


class OverlongError(ValueError):
    """A part of the workbook holds a tag or a comment that no program writes."""


class _Watched:
    """A part of an archive that is read bit by bit; raises OverlongError."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source = source
        self._kept = b""
        self._until = b""
        self._since = 0

    def read(self, size: int = -1) -> bytes:
        """Read on."""
        part = self._source.read(size)
        if size >= 0:
            self._look(part)
        return part

    def close(self) -> None:
        """Close the part."""
        self._source.close()

    def __enter__(self) -> "_Watched":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _look(self, part: bytes) -> None:
        """Count how long the last tag, comment or text is by now.

        A tag and a text hold no `<`; a comment and its like are looked for by their ends.
        """
        text = self._kept + part
        self._since += len(part)
        place = 0
        while place >= 0:
            place = self._over(text, place) if self._until else self._into(text, place)
        self._kept = text[-(_LONGEST_SIGN - 1) :]
        if self._since > MOST_TOKEN:
            raise OverlongError("a part of it is longer than any program writes")

    def _over(self, text: bytes, place: int) -> int:
        """Go to the end of a comment or its like; -1 when it is not there yet."""
        end = text.find(self._until, place)
        if end < 0:
            return -1
        end += len(self._until)
        self._until, self._since = b"", len(text) - end
        return end

    def _into(self, text: bytes, place: int) -> int:
        """Go to the next comment or its like; -1 when there is none."""
        begins = [at for sign in (b"<!", b"<?") if (at := text.find(sign, place)) >= 0]
        if not begins:
            last = text.rfind(b"<", place)
            self._since = min(self._since, len(text) - last) if last >= 0 else self._since
            return -1
        sign = next(one for one in _ENDS if text.startswith(one, min(begins)))
        self._until, self._since = _ENDS[sign], len(text) - min(begins)
        return min(begins) + len(sign)


class _Archive(ZipFile):
    def open(self, *args: Any, **more: Any) -> Any:
        """Open a part that is watched while it is read."""
        return _Watched(super().open(*args, **more))


class _Reader(ExcelReader):  # type: ignore[misc]  # openpyxl has no types
    """openpyxl's reader; a sheet that is a chart holds no rows and is left alone."""

    def read_chartsheet(self, sheet: object, rel: object) -> None:
        """Leave it alone."""
        del sheet, rel


def open_book(data: bytes) -> Any:
    """The workbook, read only, with the results of its formulas; no link in it is followed."""
    reader = _Reader(BytesIO(data), read_only=True, data_only=True, keep_links=False)
    reader.archive.close()
    reader.archive = _Archive(BytesIO(data))
    reader.read()
    return reader.wb
