"""A file replaced as a whole or not at all."""

import contextlib
import errno
import os
import secrets
import stat

#: Of a file system that cannot write a folder to disk, or of a folder that cannot be opened for it.
_NO_FOLDER_SYNC = (errno.EINVAL, errno.ENOTSUP, errno.EACCES, errno.EPERM)


def replace_file(path, chunks):
    """Write a file so that at any moment, also after a crash, its path holds the old file or the new one, complete.

    Parameters
    ----------
    path : str
        A symbolic link stays, and the file it points to is replaced. Permission bits of an old file are kept.
    chunks : iterable of bytes-like
        The content.

    Raises
    ------
    OSError
        If the file cannot be written. The old file is untouched then, and no temporary file left.
    """
    target = os.path.realpath(path)
    mode = _old_mode(target)
    folder, name = os.path.split(target)
    if not os.path.isdir(folder):
        raise FileNotFoundError(errno.ENOENT, "There is no such folder", folder)
    temporary = os.path.join(folder, f".skvae-{secrets.token_hex(8)}.tmp")
    # Not tempfile: it makes files for the owner alone, whereas a new one should get what the umask leaves.
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
    except OSError as error:
        error.filename = target  # nobody has asked for the temporary file
        raise
    try:
        with open(descriptor, "wb") as file:
            if mode is not None:
                os.chmod(temporary, mode)
            for chunk in chunks:
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except BaseException as error:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        error.add_note(f"{name!r} in {folder!r} is as it was before.")
        raise
    _sync_folder(folder)


def _old_mode(target):
    """Return the permission bits of the file to replace, None without one; raise if it must not be replaced."""
    try:
        mode = os.stat(target).st_mode
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if not stat.S_ISREG(mode):
        raise OSError(errno.EINVAL, "Not a regular file, so it cannot be replaced", target)
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, "The file that stands there is write-protected", target)
    return stat.S_IMODE(mode)


def _sync_folder(folder):
    """Write the folder's entries to disk, where the system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
