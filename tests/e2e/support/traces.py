"""Where plaintext could leave traces on the host, and how it is found there: in memory, files, core dumps and what was said."""
import mmap
import pathlib
import re
import shutil
import subprocess

from .chain import ss58

CORE_SECONDS_MAX = 300
# RocksDB cuts its logs (*.log, MANIFEST) into blocks, and what it writes into fragments with a header each.
_LOG_BLOCK_BYTES, _LOG_HEADER_BYTES = 32768, 7
_PAGE_BYTES = 4096


def of_bytes(value):
    """Bytes as they could be kept or printed."""
    return [value, value.hex().encode(), value.hex().upper().encode()]


def of_account(account):
    return of_bytes(account) + [ss58(account, prefix).encode() for prefix in (13, 42)]


def of_number(number, size):
    """An integer as it could be kept, in `size` bytes or as few as possible, or printed."""
    few = number.to_bytes((number.bit_length() + 7) // 8, "little")
    return [number.to_bytes(size, "little"), *of_bytes(few), *of_bytes(few[::-1]), str(number).encode()]


def holds(pieces, forms):
    """Whether any form of something is in any of the pieces."""
    return any(piece.find(form) >= 0 for piece in pieces for form in forms)


def dense(piece):
    """The pages of memory or a core dump that hold anything: most of them are empty."""
    empty = bytes(_PAGE_BYTES)
    return b"".join(page for at in range(0, len(piece), _PAGE_BYTES) if (page := piece[at:at + _PAGE_BYTES]) != empty)


def file_pieces(path):
    """A file's contents; of RocksDB's logs also what was written, put together again."""
    if path.stat().st_size == 0:
        return []
    with path.open("rb") as file:
        pieces = [mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)]
    if re.fullmatch(r"\d+\.log|MANIFEST-\d+", path.name):
        pieces.append(joined_log(pieces[0]))
    return pieces


def joined_log(log):
    """What was written to a log of RocksDB without the headers (checksum u32, length u16, type u8) in between."""
    out = bytearray()
    for block in range(0, len(log), _LOG_BLOCK_BYTES):
        at, end = block, min(block + _LOG_BLOCK_BYTES, len(log))
        while at + _LOG_HEADER_BYTES <= end:
            size = int.from_bytes(log[at + 4:at + 6], "little")
            if log[at + 6] == 0:
                break  # the rest of the block is empty
            out += log[at + _LOG_HEADER_BYTES:at + _LOG_HEADER_BYTES + size]
            at += _LOG_HEADER_BYTES + size
    return bytes(out)


def core_by_debugger(pid, folder):
    """(path of a core dump of a process that goes on, None), or (None, why there is none)."""
    if shutil.which("gcore") is None:
        return None, "no gcore here (package gdb)"
    done = subprocess.run(["gcore", "-o", folder / "gcore", str(pid)], capture_output=True, text=True, timeout=CORE_SECONDS_MAX)
    if done.returncode != 0:
        return None, f"gcore may not look into another process here: {done.stderr.strip() or done.stdout.strip()}"
    return folder / f"gcore.{pid}", None


def kernel_keeps_cores():
    """Whether a process that is aborted leaves a core file in its working directory here."""
    return not pathlib.Path("/proc/sys/kernel/core_pattern").read_text().startswith(("|", "/"))
