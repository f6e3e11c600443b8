"""A file is replaced as a whole or not at all."""

import errno
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from skvae._replacement import replace_file


def test_writes_a_new_file_with_the_permissions_that_the_umask_leaves(tmp_path):
    path = tmp_path / "new"
    old = os.umask(0o027)
    try:
        replace_file(str(path), [b"one", memoryview(b"two")])
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(old)
    assert path.read_bytes() == b"onetwo"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["new"]


def test_keeps_the_permissions_of_the_old_file(tmp_path):
    path = tmp_path / "old"
    path.write_bytes(b"old")
    path.chmod(0o604)
    replace_file(str(path), [b"new"])
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o604


@pytest.mark.parametrize("exists", [True, False])
def test_follows_symbolic_links(tmp_path, exists):
    (tmp_path / "folder").mkdir()
    target, link = tmp_path / "folder" / "target", tmp_path / "link"
    if exists:
        target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(str(link), [b"new"])
    assert link.is_symlink()
    assert target.read_bytes() == b"new"
    assert os.listdir(tmp_path / "folder") == ["target"]


def failing(error):
    yield b"begun"
    raise error


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()]
)
def test_failure_while_writing_leaves_the_old_file_alone(tmp_path, error):
    path = tmp_path / "old"
    path.write_bytes(b"old")
    with pytest.raises(type(error)) as raised:
        replace_file(str(path), failing(error))
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old"]
    assert "is as it was before" in raised.value.__notes__[0]


@pytest.mark.parametrize("name", ["fsync", "replace", "chmod"])
def test_failure_of_a_system_call_leaves_the_old_file_alone(tmp_path, monkeypatch, name):
    def full(*args, **kwargs):
        raise OSError(errno.ENOSPC, "No space left on device")

    path = tmp_path / "old"
    path.write_bytes(b"old")
    monkeypatch.setattr(os, name, full)
    with pytest.raises(OSError, match="No space left"):
        replace_file(str(path), [b"new"])
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old"]


def test_a_file_system_that_runs_full(tmp_path):
    """A limit on the size of files stands in for a full disk: the system refuses to write on."""
    pytest.importorskip("resource")
    path = tmp_path / "old"
    path.write_bytes(b"old")
    code = (
        "import resource, sys\nfrom skvae._replacement import replace_file\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        f"try: replace_file({str(path)!r}, [b'x' * 4000] * 2)\n"
        "except OSError as error: sys.exit(42)"
    )
    assert subprocess.run([sys.executable, "-c", code]).returncode == 42
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["old"]


@pytest.mark.parametrize("code", [errno.EINVAL, errno.ENOTSUP])
def test_a_folder_that_cannot_be_synced_is_no_failure(tmp_path, monkeypatch, code):
    synced = os.fsync

    def sync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(code, os.strerror(code))
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    replace_file(str(tmp_path / "new"), [b"new"])
    assert (tmp_path / "new").read_bytes() == b"new"


def test_a_folder_that_fails_to_sync_is_told(tmp_path, monkeypatch):
    synced = os.fsync

    def sync(descriptor):
        if stat.S_ISDIR(os.fstat(descriptor).st_mode):
            raise OSError(errno.EIO, "Input/output error")
        synced(descriptor)

    monkeypatch.setattr(os, "fsync", sync)
    with pytest.raises(OSError, match="Input/output"):
        replace_file(str(tmp_path / "new"), [b"new"])


def test_what_cannot_be_replaced(tmp_path):
    with pytest.raises(FileNotFoundError, match="no such folder"):
        replace_file(str(tmp_path / "nowhere" / "file"), [b""])
    with pytest.raises(IsADirectoryError):
        replace_file(str(tmp_path), [b""])
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(OSError, match="Not a regular file"):
        replace_file(str(tmp_path / "fifo"), [b""])
    assert os.listdir(tmp_path) == ["fifo"]


def test_a_protected_file_is_not_replaced(tmp_path, monkeypatch):
    path = tmp_path / "old"
    path.write_bytes(b"old")
    # Not by permission bits, which do not bind the administrator.
    monkeypatch.setattr(os, "access", lambda target, mode: False)
    with pytest.raises(PermissionError, match="write-protected"):
        replace_file(str(path), [b"new"])
    assert path.read_bytes() == b"old"


def test_relative_paths(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    replace_file("new", [b"new"])
    assert Path("new").read_bytes() == b"new"


def test_systems_that_cannot_open_folders(tmp_path, monkeypatch):
    monkeypatch.delattr(os, "O_DIRECTORY")
    replace_file(str(tmp_path / "new"), [b"new"])
    assert (tmp_path / "new").read_bytes() == b"new"


@pytest.mark.skipif(not os.path.isdir("/proc/self"), reason="needs a folder in which not even root can make a file")
def test_an_error_names_the_file_that_was_asked_for():
    with pytest.raises(OSError, match=r"'/proc/x\.csv'$") as raised:
        replace_file("/proc/x.csv", [b"new"])
    assert "tmp" not in str(raised.value)
