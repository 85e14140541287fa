"""The archive shows whole files only, on disk and in any other filesystem."""

import secrets
from pathlib import Path

import pytest

from traceability.labels.printing.archive import Archive, digest_of


@pytest.fixture(params=["file", "memory"])
def archive(request: pytest.FixtureRequest, tmp_path: Path) -> Archive:
    if request.param == "file":
        return Archive((tmp_path / "archive").as_uri())
    return Archive(f"memory://{secrets.token_hex(4)}")


def test_parts_and_files_come_and_go(archive: Archive) -> None:
    assert (archive.places_with_parts(), archive.files()) == ([], [])
    archive.put_part("a-1", "plain", 0, b"one")
    archive.put_part("a-1", "plain", 0, b"one")
    assert archive.has_part("a-1", "plain", 0)
    assert not archive.has_part("a-1", "plain", 1)
    assert archive.part("a-1", "plain", 0) == b"one"
    assert not archive.has_part("a-1", "sealed", 0)
    assert archive.sorts("a-1") == {"plain"}
    with archive.writing("a-1", "svg.zip") as sink:
        sink.write(b"whole")
        assert archive.sorts("a-1") == {"plain"}
    with archive.opened("a-1", "svg.zip") as file:
        digest = digest_of(file)
    assert (digest.size, digest.sha256[:8]) == (5, "5d5766cf")
    assert (archive.places_with_parts(), archive.files()) == (
        ["a-1"],
        [("a-1", "svg.zip")],
    )
    archive.remove_parts("a-1")
    archive.remove_parts("a-1")
    archive.remove_file("a-1", "svg.zip")
    assert (archive.places_with_parts(), archive.files()) == ([], [])
    with pytest.raises(FileNotFoundError):
        archive.opened("a-1", "svg.zip")


def test_a_file_that_was_cut_short_never_appears(archive: Archive) -> None:
    def write() -> None:
        with archive.writing("a-1", "pdf") as sink:
            sink.write(b"half")
            raise OSError("disk full")

    with pytest.raises(OSError, match="disk"):
        write()
    assert archive.files() == []


def test_room_is_left_on_a_local_disk(tmp_path: Path) -> None:
    archive = Archive(tmp_path.as_uri(), least_free=1 << 62)
    with pytest.raises(OSError, match="No space"):
        archive.put_part("a-1", "plain", 0, b"one")
    assert not archive.has_part("a-1", "plain", 0)
