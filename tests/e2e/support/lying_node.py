"""The chain with the real runtime, as a node that can be made to lie while it runs."""
import os

from . import realnode
from .websocket import JsonRpc

PROGRAM = "lying.mjs"
REPLACEMENTS = [
    ("const BAD = opt('bad', '');", "let BAD = '';"),
    ("const extra = {", "const extra = {\n  dev_lie: async ([mode]) => { BAD = mode ?? ''; return BAD; },"),
]


def install():
    """Puts a copy of the chain's program with one more method, `dev_lie`, beside it."""
    folder = realnode.installed_copy()
    text = (folder / "realnode.mjs").read_text()
    for old, new in REPLACEMENTS:
        if text.count(old) != 1:
            raise RuntimeError(f"the chain's program has changed: {old!r} is not there once")
        text = text.replace(old, new)
    fresh = folder / f"{PROGRAM}.{os.getpid()}"
    fresh.write_text(text)
    fresh.replace(folder / PROGRAM)


class LyingNode(realnode.RealNode):
    """Behaves until it is told to lie."""

    def __init__(self, work_dir):
        install()
        super().__init__(work_dir, program=PROGRAM)

    def lie(self, mode):
        """One of realnode's `--bad` modes, for the blocks and proofs from now on; "" ends it."""
        rpc = JsonRpc.connect(self.url)
        try:
            rpc.call("dev_lie", mode)
        finally:
            rpc.close()
