"""Folders of JavaScript under tests/e2e with the packages that their lock file pins."""
import fcntl
import shutil
import subprocess

from . import material

INSTALL_SECONDS_MAX = 300


def installed(name):
    """A copy of tests/e2e/NAME with its packages, installed once for each state of the lock file and kept."""
    source = material.SOURCE_DIR / "tests/e2e" / name
    folder = material.cache_dir() / name
    with (material.cache_dir() / f"{name}.lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        for file in source.iterdir():
            if file.is_file():
                shutil.copyfile(file, folder / file.name)
        lock = (source / "package-lock.json").read_bytes()
        stamp = folder / "installed-lock.json"
        if not stamp.is_file() or stamp.read_bytes() != lock:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                                  capture_output=True, timeout=INSTALL_SECONDS_MAX)
            if done.returncode != 0:
                raise RuntimeError(f"npm ci failed for {name}:\n{done.stdout}\n{done.stderr}")
            stamp.write_bytes(lock)
    return folder
