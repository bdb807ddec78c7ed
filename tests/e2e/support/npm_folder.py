"""Folders of JavaScript with the packages that their lock file pins."""
import fcntl
import filecmp
import shutil
import subprocess

from . import material

INSTALL_SECONDS_MAX = 600


def installed(source):
    """A copy of the folder `source` with its packages, installed once for each state of the lock file and kept."""
    folder = material.cache_dir() / source.name
    with (material.cache_dir() / f"{source.name}.lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        for file in source.iterdir():
            copy = folder / file.name
            # Another test may be running what is there: only what differs is replaced.
            if file.is_file() and not (copy.is_file() and filecmp.cmp(file, copy, shallow=False)):
                shutil.copyfile(file, copy)
        lock = (source / "package-lock.json").read_bytes()
        stamp = folder / "installed-lock.json"
        if not stamp.is_file() or stamp.read_bytes() != lock:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                                  capture_output=True, timeout=INSTALL_SECONDS_MAX)
            if done.returncode != 0:
                raise RuntimeError(f"npm ci failed for {source.name}:\n{done.stdout}\n{done.stderr}")
            stamp.write_bytes(lock)
    return folder


def installed_client(name):
    """As above, for tests/e2e/NAME."""
    return installed(material.SOURCE_DIR / "tests/e2e" / name)
