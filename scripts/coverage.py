#!/usr/bin/env python3
"""Adds up gcov's line counts of a coverage build, by folder, and lists the least covered files."""
import argparse
import collections
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

from source_files import ROOT


def covered_lines(build_dir):
    """file below ROOT -> {line: times executed}, over all objects that ran."""
    lines = collections.defaultdict(lambda: collections.defaultdict(int))
    with tempfile.TemporaryDirectory() as scratch:
        for number, data in enumerate(sorted(build_dir.rglob("*.gcda"))):
            folder = pathlib.Path(scratch) / str(number)
            folder.mkdir()
            subprocess.run(["gcov", "--json-format", str(data)], cwd=folder, capture_output=True, check=True)
            for report in folder.glob("*.gcov.json.gz"):
                for entry in json.loads(gzip.decompress(report.read_bytes()))["files"]:
                    path = (build_dir / entry["file"]).resolve()
                    if path.is_relative_to(ROOT) and not path.is_relative_to(ROOT / "build"):
                        for line in entry["lines"]:
                            lines[path.relative_to(ROOT).as_posix()][line["line_number"]] += line["count"]
    return lines


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/coverage")
    lines = covered_lines(arguments.parse_args().build_dir.resolve())
    folders = collections.defaultdict(lambda: [0, 0])
    files = []
    for name, counts in lines.items():
        if name.startswith("tests/") or name.endswith("_test.cpp"):
            continue
        hit = sum(1 for count in counts.values() if count)
        folders[name.split("/")[0]][0] += hit
        folders[name.split("/")[0]][1] += len(counts)
        files.append((hit / len(counts) if counts else 1.0, hit, len(counts), name))
    for folder, (hit, total) in sorted(folders.items()):
        print(f"{folder:20} {100 * hit / total:5.1f} %  {hit} of {total} lines")
    print("least covered:")
    for share, hit, total, name in sorted(files)[:15]:
        print(f"  {100 * share:5.1f} %  {name} ({hit} of {total})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
