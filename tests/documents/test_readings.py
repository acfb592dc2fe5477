"""Readings are known by their keys, made once, and made again when their batch is damaged."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.documents.archive import sha256_of
from pipelines.documents.readings import (
    ACCEPTED,
    INDEX,
    MANIFEST,
    ReadingKey,
    ReadingStore,
    StageError,
    current_readings,
)
from pipelines.documents.state import DocumentState, LedgerState
from pipelines.values.keys import stable_key

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.settings import Settings
    from tests.conftest import Installation


@pytest.fixture
def settings(installation: Installation) -> Settings:
    return installation.settings


@pytest.fixture
def prints() -> dict[str, str]:
    """Fingerprints of stages, which a test may change."""
    return {"extract": "e", "read": "r", "build": "b"}


def keys(*names: str) -> list[ReadingKey]:
    return [ReadingKey(stable_key(name), name, ()) for name in names]


def index_frame(made: list[ReadingKey]) -> pl.DataFrame:
    return pl.DataFrame({"reading_id": [key.reading_id for key in made]})


def complete(store: ReadingStore, made: list[ReadingKey]) -> str:
    batch = store.batch_id(made)
    store.write(batch, ACCEPTED, {INDEX: index_frame(made)})
    return batch


def state_of(*documents: str, sidecars: dict[str, dict[str, str]] | None = None) -> LedgerState:
    return LedgerState(
        documents={name: DocumentState(name, 1) for name in documents}, sidecars=sidecars or {}
    )


def test_readings_in_order_of_first_sight(prints: dict[str, str]) -> None:
    found = current_readings(prints, state_of("b", "a"))
    assert [key.document_id for key in found] == ["b", "a"]
    assert found[0] == ReadingKey(stable_key("b", "e", "r"), "b", ())


@pytest.mark.parametrize("stage", ["extract", "read"])
def test_other_code_gives_another_reading(prints: dict[str, str], stage: str) -> None:
    before = current_readings(prints, state_of("a"))
    prints[stage] = "changed"
    after = current_readings(prints, state_of("a"))
    assert before[0].reading_id != after[0].reading_id


def test_sidecar_gives_another_reading_of_its_document_only(prints: dict[str, str]) -> None:
    bare = current_readings(prints, state_of("a", "b"))
    told = current_readings(prints, state_of("a", "b", sidecars={"a": {"a.toml": "s"}}))
    assert bare[0].reading_id != told[0].reading_id
    assert told[0].sidecar_hashes == ("s",)
    assert bare[1] == told[1]
    moved = current_readings(prints, state_of("a", "b", sidecars={"a": {"b.toml": "s"}}))
    assert moved == told


def test_readings_without_documents(prints: dict[str, str]) -> None:
    assert current_readings(prints, LedgerState()) == []


def test_batch_id_knows_no_order_and_its_readings(settings: Settings) -> None:
    store = ReadingStore(settings)
    assert store.batch_id(keys("a", "b")) == store.batch_id(keys("b", "a"))
    assert store.batch_id(keys("a", "b")) != store.batch_id(keys("a"))


def test_nothing_is_made_yet(settings: Settings) -> None:
    store = ReadingStore(settings)
    assert store.index() == {}
    assert store.pending(keys("a", "b")) == keys("a", "b")
    assert not settings.cache.exists()


def test_pending_are_those_that_no_batch_holds(settings: Settings) -> None:
    store = ReadingStore(settings)
    first = complete(store, keys("a", "b"))
    second = complete(store, keys("c"))
    assert store.index() == {
        stable_key("a"): first,
        stable_key("b"): first,
        stable_key("c"): second,
    }
    assert store.pending(keys("d", "b", "e")) == keys("d", "e")


def test_batch_without_its_last_stage_is_not_complete(settings: Settings) -> None:
    store = ReadingStore(settings)
    store.write(store.batch_id(keys("a")), "recognised", {INDEX: index_frame(keys("a"))})
    assert store.pending(keys("a")) == keys("a")


@pytest.mark.parametrize("damage", [b"", b"PAR1", b"no parquet at all"])
def test_damaged_batch_counts_as_missing_and_is_made_again(
    settings: Settings, damage: bytes
) -> None:
    store = ReadingStore(settings)
    batch = complete(store, keys("a"))
    good = complete(store, keys("b"))
    (store.directory(batch, ACCEPTED) / f"{INDEX}.parquet").write_bytes(damage)
    assert store.index() == {stable_key("b"): good}
    assert store.pending(keys("a", "b")) == keys("a")
    complete(store, keys("a"))
    assert store.pending(keys("a", "b")) == []


def test_truncated_index_counts_as_missing(settings: Settings) -> None:
    store = ReadingStore(settings)
    path = store.directory(complete(store, keys("a")), ACCEPTED) / f"{INDEX}.parquet"
    path.write_bytes(path.read_bytes()[:-20])
    assert store.index() == {}


def test_index_without_its_column_counts_as_missing(settings: Settings) -> None:
    store = ReadingStore(settings)
    store.write("batch", ACCEPTED, {INDEX: pl.DataFrame({"other": ["x"]})})
    assert store.index() == {}


def test_frames_come_back_as_they_were_written(settings: Settings) -> None:
    store = ReadingStore(settings)
    frames = {
        "cell": pl.DataFrame(
            {"text": ["预算", None], "n": [1, 2]}, schema_overrides={"n": pl.Int32}
        ),
        "empty": pl.DataFrame(schema={"amount": pl.Decimal(18, 2), "at": pl.Datetime("us")}),
    }
    store.write("batch", "recognised", frames)
    read = store.read("batch", "recognised")
    assert sorted(read) == ["cell", "empty"]
    for name, frame in frames.items():
        assert_frame_equal(read[name], frame)
    assert store.read("batch", "unheard_of") == {}


def test_writing_again_replaces_the_whole_stage(settings: Settings) -> None:
    store = ReadingStore(settings)
    frame = pl.DataFrame({"a": [1]})
    store.write("batch", "stage", {"old": frame, "both": frame})
    store.write("batch", "stage", {"both": frame.with_columns(a=2)})
    assert {name: f["a"].to_list() for name, f in store.read("batch", "stage").items()} == {
        "both": [2]
    }


def test_stage_that_fails_half_way_leaves_the_one_before(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = ReadingStore(settings)
    frame = pl.DataFrame({"a": [1]})
    store.write("batch", "stage", {"one": frame, "two": frame})
    real = pl.DataFrame.write_parquet

    def fails_at_two(written: pl.DataFrame, path: Path) -> None:
        if path.stem == "two":
            raise OSError("disk full")
        real(written, path)

    monkeypatch.setattr(pl.DataFrame, "write_parquet", fails_at_two)
    changed = frame.with_columns(a=2)
    with pytest.raises(OSError, match="disk full"):
        store.write("batch", "stage", {"one": changed, "two": changed})
    monkeypatch.undo()
    assert {name: f["a"].to_list() for name, f in store.read("batch", "stage").items()} == {
        "one": [1],
        "two": [1],
    }
    store.write("batch", "stage", {"one": changed})
    assert list(store.read("batch", "stage")) == ["one"]


# Damage


def written(settings: Settings, stage: str) -> tuple[ReadingStore, Path]:
    """A stage of a batch: two frames."""
    store, made = ReadingStore(settings), keys("a")
    frames = {INDEX: index_frame(made), "statement": pl.DataFrame({"n": [1, 2, 3]})}
    store.write(store.batch_id(made), stage, frames)
    return store, store.directory(store.batch_id(made), stage)


def test_every_stage_names_its_files_with_size_and_hash(settings: Settings) -> None:
    _, directory = written(settings, "recognised")
    said = json.loads((directory / MANIFEST).read_text(encoding="utf-8"))
    files = {
        path.name: [path.stat().st_size, sha256_of(path.read_bytes())]
        for path in directory.glob("*.parquet")
    }
    assert said == files
    assert sorted(said) == [f"{INDEX}.parquet", "statement.parquet"]


@pytest.mark.parametrize("name", [f"{INDEX}.parquet", "statement.parquet", MANIFEST])
@pytest.mark.parametrize("lost", [True, False])
def test_a_batch_with_any_file_lost_or_cut_short_is_made_again(
    settings: Settings, name: str, lost: bool
) -> None:
    store, directory = written(settings, ACCEPTED)
    assert store.pending(keys("a")) == []
    path = directory / name
    if lost:
        path.unlink()
    else:
        path.write_bytes(path.read_bytes()[:-5])
    assert store.index() == {}
    assert store.pending(keys("a")) == keys("a")
    written(settings, ACCEPTED)
    assert store.pending(keys("a")) == []


@pytest.mark.parametrize(
    "manifest",
    ["[]", "null", '{"statement.parquet": null}', '{"statement.parquet": []}', "{", "\x00"],
)
def test_a_manifest_that_is_none_makes_no_batch(settings: Settings, manifest: str) -> None:
    store, directory = written(settings, ACCEPTED)
    (directory / MANIFEST).write_text(manifest, encoding="utf-8")
    assert store.index() == {}


def test_an_index_of_the_right_size_that_cannot_be_read_makes_no_batch(settings: Settings) -> None:
    store, directory = written(settings, ACCEPTED)
    path = directory / f"{INDEX}.parquet"
    path.write_bytes(b"x" * path.stat().st_size)
    assert store.index() == {}


@pytest.mark.parametrize("name", ["statement.parquet", MANIFEST])
@pytest.mark.parametrize("data", [None, b"", b"other"])
def test_a_damaged_stage_is_named_and_removed(
    settings: Settings, name: str, data: bytes | None
) -> None:
    store, directory = written(settings, "recognised")
    if data is None:
        (directory / name).unlink()
    else:
        (directory / name).write_bytes(data)
    batch = directory.parent.name
    with pytest.raises(StageError, match=r"run again") as raised:
        store.read(batch, "recognised")
    assert str(raised.value).startswith(f"{directory}: ")
    assert not directory.exists()
    written(settings, "recognised")
    assert sorted(store.read(batch, "recognised")) == [INDEX, "statement"]


def test_a_sweep_removes_what_is_not_as_it_was_written(settings: Settings) -> None:
    """A byte that changed keeps the size: only the hash tells."""
    store, directory = written(settings, ACCEPTED)
    complete(store, keys("b"))
    store.write("left by a run that died", "recognised", {INDEX: index_frame(keys("c"))})
    assert store.sweep() == 1
    path = directory / "statement.parquet"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    assert store.pending(keys("a", "b")) == []
    assert store.sweep() == 1
    assert store.pending(keys("a", "b")) == keys("a")
    assert store.sweep() == 0


def test_a_file_that_no_manifest_names_is_not_read(settings: Settings) -> None:
    store, directory = written(settings, "recognised")
    (directory / "stray.parquet").write_bytes(b"no parquet at all")
    assert sorted(store.read(directory.parent.name, "recognised")) == [INDEX, "statement"]


def test_readings_that_are_forgotten_are_made_again_with_their_batch(settings: Settings) -> None:
    store = ReadingStore(settings)
    complete(store, keys("a", "b"))
    complete(store, keys("c"))
    assert store.forget(keys("unheard of")) == 0
    assert store.forget(keys("a")) == 1
    assert store.pending(keys("a", "b", "c")) == keys("a", "b")
