#!/usr/bin/env python3
"""Checks that the project's C++ files are as clang-format leaves them; --fix formats them.

Files named as arguments are looked at instead of all (the pre-commit hook does that).
"""
import os
import pathlib
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

from source_files import ROOT, cpp_files

BATCH = 16


def run(batch, fix):
    options = ["-i"] if fix else ["--dry-run", "-Werror"]
    done = subprocess.run(["clang-format", *options, *map(str, batch)], capture_output=True, text=True, cwd=ROOT)
    return done.returncode, done.stderr


def main():
    fix = "--fix" in sys.argv[1:]
    named = [pathlib.Path(argument).resolve() for argument in sys.argv[1:] if not argument.startswith("--")]
    if shutil.which("clang-format") is None:
        print("format: clang-format is missing; scripts/install brings it")
        return 1
    files = named or cpp_files()
    batches = [files[i:i + BATCH] for i in range(0, len(files), BATCH)]
    failed = False
    with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
        for code, words in pool.map(lambda batch: run(batch, fix), batches):
            if code != 0:
                failed = True
                complaints = [line for line in words.splitlines() if ": error:" in line]
                print("\n".join(complaints or [words]))
    print(f"format: {len(files)} files, " + ("some differ: run `make fix`" if failed else "clean"))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
