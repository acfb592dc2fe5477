"""Read a Word document (.docx): its body, running heads and notes → one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pipelines.extract.flow import page_of
from pipelines.extract.grids import Extraction, Refusal, RefusedError
from pipelines.extract.word.content import PICTURES, Content, count_text, is_on
from pipelines.extract.word.package import R_ID, WHOLE, Package, W

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pipelines.extract.flow import Block

_TEXT = "文字 / text"
_VALUE, _TYPE, _ID = f"{W}val", f"{W}type", f"{W}id"
_SECTION = f"{W}sectPr"
#: Notes that are none: the line between text and notes.
_SEPARATORS = frozenset({"separator", "continuationSeparator", "continuationNotice"})
#: Fields that number pages: a line of a running head that has one says nothing else.
_NUMBERING = ("PAGE", "NUMPAGES", "SECTIONPAGES")


def read_docx(document_id: str, media_type: str, data: bytes) -> Extraction:
    """Read a Word document as it is shown: insertions taken in, deletions and hidden text left out.

    Paragraphs are lines, tables are grids, all on one page. A running head stands where its section
    begins, notes of pages stand at the end; what is not shown is dropped with a reason and counted.
    """
    try:
        return _read(document_id, media_type, Package(data))
    except RecursionError:
        refusal = Refusal("unreadable_document", "嵌套过深 / nested too deep", WHOLE)
    return Extraction(document_id, media_type, refusal=refusal)


def _read(document_id: str, media_type: str, package: Package) -> Extraction:
    related = package.related(package.main)
    body = package.xml(package.main).find(f"{W}body")
    if body is None:
        raise RefusedError(Refusal("unreadable_document", "没有正文 / no body", WHOLE))
    styles = [package.xml(name) for kind, name in related.values() if kind == "styles"]
    content = Content(_hidden_styles(styles))
    heads = _Heads(package, related, content)
    blocks: list[Block] = []
    for section in _sections(body):
        blocks += heads.above(section.properties)
        blocks += content.blocks(section.children)
    count = count_text(body) + heads.count
    for kind in ("footnotes", "endnotes"):
        for name in [name for of, name in related.values() if of == kind]:
            for note in package.xml(name):
                if note.get(_TYPE) not in _SEPARATORS:
                    blocks += content.blocks(note)
                    count += count_text(note)
    read = page_of(
        document_id, media_type, blocks, char_count=count, dropped=content.dropped,
        flags=content.flags,
    )  # fmt: skip
    pictures = sum(1 for _ in body.iter(*PICTURES))
    if read.cells.is_empty() and pictures:
        found = f"图像 {pictures} 幅，文字 0 个 / {pictures} pictures, 0 characters"
        return Extraction(document_id, media_type, refusal=Refusal("page_is_image", found, _TEXT))
    return read


@dataclass(frozen=True)
class _Section:
    """What stands in a section, and what is said of it."""

    children: list[Any]
    properties: Any


def _sections(body: Any) -> Iterator[_Section]:
    """Sections of a body; what is said of one stands in its last paragraph, or ends the body."""
    children: list[Any] = []
    for child in body:
        if child.tag == _SECTION:
            yield _Section(children, child)
            children = []
            continue
        children.append(child)
        if (said := child.find(f"{W}pPr/{_SECTION}")) is not None:
            yield _Section(children, said)
            children = []
    if children:
        yield _Section(children, None)


class _Heads:
    """Running heads and feet: a head is read where the first section that has it begins.

    Feet are not: what stands there numbers pages. They are counted as dropped.
    """

    def __init__(
        self, package: Package, related: dict[str, tuple[str, str]], content: Content
    ) -> None:
        self.count = 0
        self._package, self._related, self._content = package, related, content
        self._seen: set[str] = set()
        self._said: set[tuple[str, ...]] = set()

    def above(self, properties: Any) -> list[Block]:
        """Lines of the heads that a section is the first to have."""
        blocks: list[Block] = []
        for one in properties if properties is not None else ():
            kind, name = self._related.get(one.get(R_ID, ""), ("", ""))
            if kind not in {"header", "footer"} or name in self._seen:
                continue
            self._seen.add(name)
            part = self._package.xml(name)
            self.count += count_text(part)
            if kind == "footer" or not _is_shown(one, properties):
                self._content.drop(part, kind)
            else:
                blocks += self._lines(part)
        return blocks

    def _lines(self, part: Any) -> list[Block]:
        """A head's lines; none that numbers pages, nor again what another head says."""
        kept = []
        for child in part:
            if any(word in _fields(child) for word in _NUMBERING):
                self._content.drop(child, "page_number")
            else:
                kept.append(child)
        said = tuple("".join(one.text or "" for one in child.iter(f"{W}t")) for child in kept)
        if said in self._said:
            for child in kept:
                self._content.drop(child, "header")
            return []
        self._said.add(said)
        return self._content.blocks(kept)


def _is_shown(reference: Any, properties: Any) -> bool:
    """Whether a head is shown on some page; that of even pages says what the others do."""
    kind = reference.get(_TYPE, "default")
    return kind == "default" or (kind == "first" and bool(is_on(properties, "titlePg")))


def _fields(element: Any) -> str:
    """Instructions of the fields in an element."""
    codes = [one.text or "" for one in element.iter(f"{W}instrText")]
    codes += [one.get(f"{W}instr", "") for one in element.iter(f"{W}fldSimple")]
    return "".join(codes).upper()


def _hidden_styles(parts: Iterable[Any]) -> set[str]:
    """Ids of styles that hide their text, or are based on one that does."""
    said: dict[str, tuple[str, bool | None]] = {}
    for style in (style for part in parts for style in part.iter(f"{W}style")):
        based = style.find(f"{W}basedOn")
        parent = based.get(_VALUE, "") if based is not None else ""
        said[style.get(f"{W}styleId", "")] = (parent, is_on(style.find(f"{W}rPr"), "vanish"))

    def hides(name: str) -> bool:
        seen: set[str] = set()
        while name in said and name not in seen:
            seen.add(name)
            name, is_hidden = said[name]
            if is_hidden is not None:
                return is_hidden
        return False

    return {name for name in said if hides(name)}
