#!/usr/bin/env python3
"""Checks every #include of the sources against scripts/layers.json.

A folder may include its own headers, those of the folders named for it, and the third-party headers
that have their home there. Trusted folders may not include what would give them files, sockets,
threads or clocks. Tests and benches may include everything.
"""
import json
import pathlib
import re
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')


def folder_of(path, folders):
    """The longest listed folder that holds `path`."""
    found = [f for f in folders if path == f or path.startswith(f + "/")]
    return max(found, key=len) if found else None


def main():
    rules = json.loads((ROOT / "scripts/layers.json").read_text())
    layers, homes = rules["layers"], rules["third_party"]
    problems = []
    for top in sorted({name.split("/")[0] for name in layers}):
        for source in sorted((ROOT / top).rglob("*")):
            if source.suffix not in (".hpp", ".cpp", ".h", ".c"):
                continue
            relative = source.relative_to(ROOT).as_posix()
            is_test = source.stem.endswith("_test")
            own = folder_of(relative, layers)
            for number, line in enumerate(source.read_text().splitlines(), 1):
                match = INCLUDE.match(line)
                if not match:
                    continue
                quote, target = match.groups()
                where = f"{relative}:{number}"
                if quote == '"' or ".." in target:
                    problems.append(f"{where}: includes use <folder/file> without ..: {target}")
                    continue
                if is_test:
                    continue
                used = folder_of(target, layers)
                if used is not None:
                    allowed = layers[own] + [own]
                    if used != own and used not in allowed:
                        problems.append(f"{where}: {own} may not include {used} ({target})")
                    continue
                for library, places in homes.items():
                    if target == library or target.startswith((library + "/", library + ".")):
                        if folder_of(relative, places) is None:
                            problems.append(f"{where}: <{target}> has its home in {', '.join(places)}")
                if own in rules["trusted"] and target in rules["banned_in_trusted"]:
                    if target not in rules["exempt"].get(relative, []):
                        problems.append(f"{where}: trusted code may not include <{target}>")
    for problem in problems:
        print(problem)
    print(f"layers: {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
