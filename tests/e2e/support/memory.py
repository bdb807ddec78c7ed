"""The memory of a running process, as somebody with the rights of its user sees it."""
import pathlib

CHUNK_BYTES = 64 << 20
OVERLAP_BYTES = 256


def memory_of(pid):
    """The contents of every readable region, in pieces that overlap."""
    pieces = []
    regions = pathlib.Path(f"/proc/{pid}/maps").read_text().splitlines()
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for region in regions:
            place, rights = region.split()[:2]
            if "r" not in rights or region.endswith(("[vvar]", "[vsyscall]", "[vvar_vclock]")):
                continue
            at, end = (int(word, 16) for word in place.split("-"))
            while at < end:
                try:
                    memory.seek(at)
                    piece = memory.read(min(CHUNK_BYTES, end - at))
                except (OSError, ValueError):
                    break  # the region went away meanwhile, or belongs to a device
                if not piece:
                    break
                pieces.append(piece)
                at += len(piece) if at + len(piece) >= end else max(1, len(piece) - OVERLAP_BYTES)
    return pieces
