"""Where the programs under test and the material beside the project are, and what to do when something is missing."""
import os
import pathlib
import shutil
import subprocess
import sys

SOURCE_DIR = pathlib.Path(__file__).resolve().parents[3]
EXIT_SKIPPED = 77
NODE_MAJOR_MIN = 18


def shared_folder():
    """The folder of shared material, or None where the machine has none."""
    folder = pathlib.Path(os.environ.get("REDOUBT_SHARED", SOURCE_DIR.parent / "shared"))
    return folder.resolve() if (folder / "realnode/realnode.mjs").is_file() else None


def build_dir():
    return pathlib.Path(os.environ.get("REDOUBT_BUILD_DIR", SOURCE_DIR / "build/dev")).resolve()


def program(name):
    """The path of one of the project's programs in the build under test."""
    return build_dir() / "bin" / name


def failing_disk():
    """The library that makes a folder's disk fail (tests/support/failing_disk.cpp)."""
    return build_dir() / "lib" / "libredoubt_failing_disk.so"


def cache_dir():
    """Things that are costly to make and the same for every build: kept between runs."""
    folder = SOURCE_DIR / "build/cache"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def node_major():
    """The major version of Node.js, 0 where there is none."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        return 0
    words = subprocess.run(["node", "--version"], capture_output=True, text=True).stdout
    return int(words.lstrip("v").split(".")[0] or 0)


def missing_material(needs):
    """The reason why a test with these needs cannot run here, or None.

    Needs: chains ('devchain', 'realnode'), 'js' (npm packages), 'failing_disk' (a library to preload), and programs: 'worker',
    'wallet', 'endpoint_server'. 'vectors': the shared ones. 'namespaces': a program can be shown files of its own below /dev.
    """
    if ("realnode" in needs or "vectors" in needs) and shared_folder() is None:
        return "no shared material here: set REDOUBT_SHARED to the folder that holds realnode/ and vectors/"
    if ("realnode" in needs or "js" in needs) and node_major() < NODE_MAJOR_MIN:
        return f"Node.js {NODE_MAJOR_MIN} or newer and npm are missing: scripts/install --node brings them"
    if "failing_disk" in needs and not failing_disk().is_file():
        return f"{failing_disk()} is not built: run scripts/test or set REDOUBT_BUILD_DIR"
    if "namespaces" in needs and (obstacle := missing_namespaces()):
        return f"no mount of one's own can be made here: {obstacle}"
    programs = {"worker": ("redoubtd", "redoubt-enclave"), "wallet": ("redoubt",), "endpoint_server": ("endpoint_server",),
                "devchain": ("redoubt-devchain",)}
    for need, names in programs.items():
        for name in names:
            if need in needs and not program(name).is_file():
                return f"{name} is not built in {build_dir()}: run scripts/test or set REDOUBT_BUILD_DIR"
    return None


def missing_namespaces():
    """Why no folder can be put in the place of /dev here; None where it can."""
    if shutil.which("unshare") is None:
        return "the program unshare is missing"
    done = subprocess.run(["unshare", "--map-root-user", "--mount", "mount", "-t", "tmpfs", "none", "/dev"],
                          capture_output=True, text=True)
    return done.stderr.strip() or "unshare failed" if done.returncode != 0 else None


def skip_or_fail(needs):
    """Ends the process when something is missing: with 77 on a user's machine, with 1 in CI."""
    reason = missing_material(needs)
    if reason is None:
        return
    if os.environ.get("CI") == "true":
        print(f"FAILED: {reason} (missing material is a failure in CI)", flush=True)
        sys.exit(1)
    print(f"SKIPPED: {reason}", flush=True)
    sys.exit(EXIT_SKIPPED)
