"""Files that are whole or absent, and locks between processes."""

import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from threading import Timer

import pytest

from data.io.files import atomic_writer, exclusive, is_locked, locked, replace_file, try_lock

HOLD = "import sys; print('held', flush=True); sys.stdin.read()"


def test_a_file_is_replaced_only_when_its_writer_is_done(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    replace_file(file, "old")
    with suppress(InterruptedError), atomic_writer(file) as writer:
        writer.write("half")
        raise InterruptedError
    assert file.read_text() == "old"
    with atomic_writer(file) as writer:
        writer.write("a\udcff\r\n")
    assert file.read_bytes() == b"a\\udcff\r\n"
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions of Unix")
def test_a_private_file_is_private_from_the_start(tmp_path: Path) -> None:
    replace_file(tmp_path / "photo.jpg", b"a photo", 0o600)
    assert (tmp_path / "photo.jpg").stat().st_mode & 0o777 == 0o600


def test_a_lock_is_held_once_and_freed_when_closed(tmp_path: Path) -> None:
    lock = try_lock(tmp_path / "lock")
    assert lock
    assert try_lock(tmp_path / "lock") is None
    assert is_locked(tmp_path / "lock")
    lock.close()
    assert not is_locked(tmp_path / "lock")
    with locked(tmp_path):
        assert is_locked(tmp_path / ".lock")
    assert not is_locked(tmp_path / ".lock")
    assert not is_locked(tmp_path / "no-such-file")


@pytest.mark.skipif(sys.platform == "win32", reason="only Unix passes open files on")
def test_a_child_process_inherits_a_lock_and_its_death_frees_it(tmp_path: Path) -> None:
    lock = try_lock(tmp_path / "lock")
    assert lock
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD],
        pass_fds=(lock.fileno(),),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with child:
        assert child.stdout
        assert child.stdout.readline()
        lock.close()
        assert is_locked(tmp_path / "lock")
        child.kill()
        child.wait()
        assert not is_locked(tmp_path / "lock")


def test_a_folder_is_held_by_one_run_and_freed_by_its_end(tmp_path: Path) -> None:
    folder = tmp_path / "out"
    for lock_file in (".lock", "run/.lock"):
        with exclusive(folder, lock_file):
            with pytest.raises(BlockingIOError) as refused, exclusive(folder, lock_file):
                pass
            assert refused.value.filename == str(folder)
        with exclusive(folder, lock_file):
            pass


@pytest.mark.skipif(sys.platform == "win32", reason="only Unix kills like this")
def test_a_killed_run_frees_its_folder(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from data.io.files import exclusive\n"
        "with exclusive(Path(sys.argv[1])): print('held', flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout
        assert holder.stdout.readline()
        with pytest.raises(BlockingIOError), exclusive(tmp_path):
            pass
        holder.kill()
        holder.wait()
        with exclusive(tmp_path):
            pass


def test_a_folder_is_held_as_soon_as_the_children_of_a_killed_run_have_ended(
    tmp_path: Path,
) -> None:
    lock = try_lock(tmp_path / ".lock")
    assert lock
    timer = Timer(0.5, lock.close)
    timer.start()
    with exclusive(tmp_path):
        assert lock.closed
    timer.join()
