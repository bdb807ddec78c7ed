#!/usr/bin/env python3
"""Runs every libFuzzer target of a fuzz build for a while, starting from the kept corpus.

Findings stay in BUILD/fuzz-findings; new inputs stay in BUILD/fuzz-corpus and never enter the repository by themselves.
"""
import argparse
import pathlib
import subprocess
import sys

from source_files import ROOT


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/fuzz")
    arguments.add_argument("--seconds", type=int, default=60)
    arguments.add_argument("targets", nargs="*")
    chosen = arguments.parse_args()
    build = chosen.build_dir.resolve()
    programs = sorted((build / "bin").glob("*_fuzz"))
    if chosen.targets:
        programs = [program for program in programs if program.name.removesuffix("_fuzz") in chosen.targets]
    findings = build / "fuzz-findings"
    findings.mkdir(exist_ok=True)
    failed = []
    for program in programs:
        name = program.name.removesuffix("_fuzz")
        grown = build / "fuzz-corpus" / name
        grown.mkdir(parents=True, exist_ok=True)
        done = subprocess.run([str(program), str(grown), str(ROOT / "tests/fuzz/corpus" / name),
                               f"-max_total_time={chosen.seconds}", "-max_len=65536", "-rss_limit_mb=1024", "-timeout=10",
                               "-print_final_stats=1", f"-artifact_prefix={findings}/{name}-"],
                              capture_output=True, text=True)
        executed = next((line.split()[-1] for line in done.stderr.splitlines()
                         if line.startswith("stat::number_of_executed_units")), "?")
        print(f"{name}: {executed} inputs, " + ("clean" if done.returncode == 0 else "FAILED"), flush=True)
        if done.returncode != 0:
            failed.append(name)
            print("\n".join(done.stderr.splitlines()[-40:]))
    print(f"fuzz: {len(programs)} targets, {len(failed)} failed" + (f": {', '.join(failed)}; inputs in {findings}" if failed else ""))
    return 1 if failed or not programs else 0


if __name__ == "__main__":
    sys.exit(main())
