#!/usr/bin/env python3
"""Runs clang-tidy over the sources of a configured build.

clang-tidy 14 cannot parse the coroutines of the host folders with g++ 12's library, so it looks at the trusted folders
and at those host files that do not reach Asio. Which files were left out is printed.
"""
import argparse
import json
import os
import pathlib
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from source_files import ROOT, TRUSTED_FOLDERS

COROUTINE = re.compile(r"co_await|co_return|boost/(asio|beast)|rpc/|registry-client/|Task<")


def reaches_coroutines(source):
    header = source.with_suffix(".hpp")
    return any(COROUTINE.search(path.read_text()) for path in (source, header) if path.exists())


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/dev")
    arguments.add_argument("-j", type=int, default=os.cpu_count() or 1)
    arguments.add_argument("paths", nargs="*", help="only sources below these folders")
    chosen = arguments.parse_args()
    chosen_paths = [pathlib.Path(path).resolve() for path in chosen.paths]

    sources, left_out = [], []
    for entry in json.loads((chosen.build_dir / "compile_commands.json").read_text()):
        source = pathlib.Path(entry["file"])
        if not source.is_relative_to(ROOT) or source.is_relative_to(ROOT / "build"):
            continue
        if chosen_paths and not any(source.is_relative_to(path) for path in chosen_paths):
            continue
        trusted = source.relative_to(ROOT).parts[0] in TRUSTED_FOLDERS
        if trusted or not reaches_coroutines(source):
            sources.append(source)
        else:
            left_out.append(source)

    def tidy(source):
        done = subprocess.run(["clang-tidy", "-p", str(chosen.build_dir), "--quiet",
                               "--extra-arg=-Wno-unknown-warning-option", str(source)],
                              capture_output=True, text=True)
        return source, done.returncode, done.stdout

    failed = 0
    with ThreadPoolExecutor(chosen.j) as pool:
        for source, code, words in pool.map(tidy, sorted(set(sources))):
            if code != 0:
                failed += 1
                print(f"-- {source.relative_to(ROOT)}\n{words}", flush=True)
    for source in sorted(set(left_out)):
        print(f"left out (coroutines): {source.relative_to(ROOT)}")
    print(f"clang-tidy: {len(set(sources))} files looked at, {failed} with complaints, {len(set(left_out))} left out")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
