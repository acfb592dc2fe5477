"""How much one document may hold before it is refused: every limit but those of the machine.

Memory, CPU and wall time of a reading are settings (``YUSUAN_WORKER_*``), since machines differ;
these say what no budget document has, and stop a file made to do harm long before it fills a
machine. Each is counted on what is there, never on what a header claims.
"""

from __future__ import annotations

MIB = 1 << 20

#: Bytes that the parts of one document, or the members of one archive, inflate to in all. A sheet
#: of a million rows and ten columns inflates to some 400 MiB.
INFLATED_BYTES = 512 * MIB
#: Bytes of one member of an archive, which are held in memory while it is archived.
MEMBER_BYTES = 256 * MIB
#: Inflated for every byte of the file, once more than ``RATIO_FROM`` are inflated. Sheets of blank
#: cells reach 100; deflate ends at 1,032.
RATIO = 250
#: What may inflate at any ratio: it harms nobody.
RATIO_FROM = 32 * MIB
#: Members of an archive with those of the archives in it, or parts of an office document. The
#: largest archives of attachments have some hundreds.
ENTRIES = 10_000
#: Archives in archives: an archive of a city holds those of its departments, and these may hold
#: those of their units.
NESTING = 3
#: Bytes of a path in an archive: what file systems allow.
PATH_BYTES = 4096
#: Bytes of a file: it is held in memory once while it is archived, and again while it is read.
FILE_BYTES = 1024 * MIB
#: Bytes of a file of a harmless format that are read without a process of their own.
UNGUARDED_BYTES = 8 * MIB
#: Cells and lines of one document, blank ones too: ten times the largest that is known, 213,000.
CELLS = 2_000_000
#: Columns of a table. The widest known has 40; a row of a million has no header that fits.
COLUMNS = 1_000
#: Lines outside of tables: a book of a thousand pages of prose has 50,000.
LINES = 100_000
#: Characters of one cell or line: Excel ends at 32,767.
CELL_CHARACTERS = 100_000
#: Columns of a table in a text that flows, before those in which no cell begins
#: are left out. No page has room for a hundred.
FLOWING_COLUMNS = 2_000


class BeyondLimitError(Exception):
    """A limit is reached: what of, and how much it may be."""


class Inflation:
    """What a file inflates to, counted while it is read, whatever its headers claim."""

    def __init__(self, size: int) -> None:
        """Of a file of so many bytes."""
        self._size = size
        self._inflated = 0

    def add(self, size: int) -> None:
        """Count what was inflated.

        Raises:
            BeyondLimitError: it is too much, in all or for the size of the file.
        """
        self._inflated += size
        if self._inflated > INFLATED_BYTES:
            raise BeyondLimitError("展开后字节 inflated bytes", INFLATED_BYTES)
        if self._inflated > RATIO_FROM and self._inflated > RATIO * self._size:
            raise BeyondLimitError("展开比 ratio of inflation", RATIO)
