#!/usr/bin/env python3
"""Takes every figure of a build (preset bench) and prints them as a table beside what they have to reach.

Each bench/*.py that takes figures prints one JSON line for each; the lines are kept in BUILD/bench/figures.json. The bars
are in bench/bars.json. Ends with code 1 when a figure misses its bar or cannot be taken. Peers in JavaScript are
installed when they are not there:  npm ci --prefix bench/peers
"""
import argparse
import json
import pathlib
import subprocess
import sys

from source_files import ROOT

BENCH = ROOT / "bench"
NOT_FIGURES = {"figure.py"}


def figures_of(script, build, rounds):
    """The figures of a script, or nothing when it fails; what it says goes on to standard error."""
    command = [sys.executable, script, "--build", build] + (["--rounds", str(rounds)] if rounds else [])
    run = subprocess.run(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    if run.returncode != 0:
        return []
    return [json.loads(line) for line in run.stdout.splitlines()]


def bar_of(figure, bars):
    """The bar of a figure as text and whether it is reached; "-" and True for a figure without one."""
    for bar in bars:
        if bar["id"] == figure["id"] and figure["metric"].startswith(bar["metric"]):
            if "at_least" in bar:
                return f"≥ {bar['at_least']}", figure["median"] >= bar["at_least"]
            return f"≤ {bar['at_most']}", figure["median"] <= bar["at_most"]
    return "-", True


def print_table(figures, bars):
    rows = [("id", "figure", "median", "spread", "bar", "")]
    for figure in figures:
        bar, is_reached = bar_of(figure, bars)
        rows.append((figure["id"], figure["metric"], f"{figure['median']:g}", f"{figure['min']:g}–{figure['max']:g}", bar,
                     "" if is_reached else "MISSED"))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip())


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/bench")
    arguments.add_argument("--rounds", type=int, help="of each figure; each script knows how many it needs")
    arguments.add_argument("only", nargs="*", help="scripts of bench/ by name, for example p06; all without")
    options = arguments.parse_args()
    build = options.build_dir.resolve()
    if not (BENCH / "peers/node_modules").exists():
        subprocess.run(["npm", "ci", "--ignore-scripts", "--prefix", BENCH / "peers"], check=True)
    scripts = [script for script in sorted(BENCH.glob("*.py"))
               if script.name not in NOT_FIGURES and (not options.only or script.stem in options.only)]
    figures, failed = [], []
    for script in scripts:
        print(f"== {script.stem}", file=sys.stderr, flush=True)
        taken = figures_of(script, build, options.rounds)
        if not taken:
            failed.append(script.name)
        figures += taken
    (build / "bench").mkdir(exist_ok=True)
    (build / "bench/figures.json").write_text(json.dumps(figures, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    bars = json.loads((BENCH / "bars.json").read_text(encoding="utf-8"))["bars"]
    print_table(figures, bars)
    missed = [figure["metric"] for figure in figures if not bar_of(figure, bars)[1]]
    print(f"bench: {len(figures)} figures, {len(missed)} below their bar, {len(failed)} scripts failed {' '.join(failed)}".rstrip())
    return 1 if missed or failed or not figures else 0


if __name__ == "__main__":
    sys.exit(main())
