"""A local chain that executes Integritee's real runtime."""
import fcntl
import hashlib
import re
import shutil
import socket
import subprocess

from . import material
from .process import Process
from .websocket import JsonRpc

START_SECONDS_MAX = 90
INSTALL_SECONDS_MAX = 600
CHAIN_SPEC = "vectors/chainspec/integritee-paseo.json"


def free_port():
    """A TCP port on 127.0.0.1 that nobody listened on a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def installed_copy():
    """The folder with the chain's program and its npm packages; installed once per lock file."""
    source = material.shared_folder() / "realnode"
    digest = hashlib.sha256(b"".join((source / name).read_bytes() for name in ("package-lock.json", "realnode.mjs")))
    folder = material.cache_dir() / f"realnode-{digest.hexdigest()[:12]}"
    with (material.cache_dir() / "realnode.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (folder / "installed").exists():
            return folder
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for entry in source.iterdir():
            if entry.is_file():
                (folder / entry.name).write_bytes(entry.read_bytes())
        done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                              capture_output=True, timeout=INSTALL_SECONDS_MAX)
        if done.returncode != 0:
            raise RuntimeError(f"npm ci failed for the chain:\n{done.stdout}\n{done.stderr}")
        (folder / "installed").touch()
        return folder


class RealNode:
    """Starts the chain with funded dev accounts; blocks come every `block_time_ms` (or as fast as the machine can), or on demand with manual=True."""

    def __init__(self, work_dir, block_time_ms=1500, manual=False, now="wall", name="chain"):
        self.port = free_port()
        self.url = f"ws://127.0.0.1:{self.port}"
        timing = ["--manual"] if manual else ["--block-time", block_time_ms]
        self.process = Process(name, ["node", "realnode.mjs", material.shared_folder() / CHAIN_SPEC, self.port, "--fund",
                                      "--now", now, *timing], work_dir / f"{name}.log", cwd=installed_copy())
        said = self.process.wait_line(lambda line: "RPC listening on" in line, START_SECONDS_MAX)
        port = int(re.search(r"ws://[^:]+:(\d+)", self.process.lines[said]).group(1))
        if port != self.port:
            self.process.kill()
            raise RuntimeError(f"port {self.port} was taken; the chain moved to {port}")
        self.genesis_hash = next(match.group(1) for line in self.process.lines
                                 if (match := re.match(r"genesis (0x[0-9a-f]{64})", line)))

    def rpc(self):
        """A connection of one's own."""
        return JsonRpc.connect(self.url)

    def stop(self):
        self.process.kill()
