"""Waits for the moment at which a process writes to a file (inotify)."""
import ctypes
import os
import pathlib
import select
import struct
import time

IN_MODIFY = 0x2
EVENT = struct.Struct("iIII")
EVENTS_BYTES_MAX = 65536


class FileWrites:
    """Writes to the files of a folder whose names end with `suffix`."""

    def __init__(self, folder, suffix):
        self._suffix = suffix.encode()
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd = libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0 or libc.inotify_add_watch(self._fd, os.fsencode(pathlib.Path(folder)), IN_MODIFY) < 0:
            raise OSError(ctypes.get_errno(), f"inotify cannot watch {folder}")

    def forget(self):
        """Passes over what was written up to now."""
        while self._read(0):
            pass

    def wait(self, timeout_s):
        """True as soon as something is written, False when nothing was for so long."""
        deadline = time.monotonic() + timeout_s
        while (remaining := deadline - time.monotonic()) > 0:
            if any(name.rstrip(b"\0").endswith(self._suffix) for name in self._read(remaining)):
                return True
        return False

    def _read(self, timeout_s):
        """The names in the events that are there, waited for at most so long."""
        if not select.select([self._fd], [], [], timeout_s)[0]:
            return []
        data, at, names = os.read(self._fd, EVENTS_BYTES_MAX), 0, []
        while at < len(data):
            size = EVENT.unpack_from(data, at)[3]
            names.append(data[at + EVENT.size:at + EVENT.size + size])
            at += EVENT.size + size
        return names

    def close(self):
        os.close(self._fd)
