#!/usr/bin/env python3
"""Runs every benchmark of a release build one after the other and keeps the figures as JSON in BUILD/bench."""
import argparse
import pathlib
import subprocess
import sys

from source_files import ROOT


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/release")
    build = arguments.parse_args().build_dir.resolve()
    results = build / "bench"
    results.mkdir(exist_ok=True)
    programs = sorted((build / "bin").glob("*_bench"))
    for program in programs:
        print(f"== {program.name}", flush=True)
        subprocess.run([str(program), f"--benchmark_out={results / program.name}.json", "--benchmark_out_format=json"],
                       check=True)
    print(f"bench: {len(programs)} programs; figures in {results}")
    return 0 if programs else 1


if __name__ == "__main__":
    sys.exit(main())
