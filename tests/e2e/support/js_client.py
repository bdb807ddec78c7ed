"""The stock JS client of the original with its packages, in the versions that the lock file pins."""
import fcntl
import shutil
import subprocess

from . import material

FILES = ("package.json", "package-lock.json", "getters.mjs")
INSTALL_SECONDS_MAX = 300


def installed_client():
    """The folder of the client, installed from the lock file once and kept."""
    source = material.SOURCE_DIR / "tests/e2e/js-client"
    folder = material.cache_dir() / "js-client"
    with (material.cache_dir() / "js-client.lock").open("w") as lock_file:
        fcntl.flock(lock_file, fcntl.LOCK_EX)
        folder.mkdir(exist_ok=True)
        for name in FILES:
            shutil.copyfile(source / name, folder / name)
        lock = (source / "package-lock.json").read_bytes()
        stamp = folder / "installed-lock.json"
        if not stamp.is_file() or stamp.read_bytes() != lock:
            done = subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder, text=True,
                                  capture_output=True, timeout=INSTALL_SECONDS_MAX)
            if done.returncode != 0:
                raise RuntimeError(f"npm ci failed for the JS client:\n{done.stdout}\n{done.stderr}")
            stamp.write_bytes(lock)
    return folder
