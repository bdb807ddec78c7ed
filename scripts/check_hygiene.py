#!/usr/bin/env python3
"""Checks what no compiler sees: unfinished work, machine paths, registry hosts, waiting by time, stray whitespace."""
import re
import sys

from source_files import ROOT, project_files

TEXT = {".hpp", ".cpp", ".c", ".h", ".cmake", ".py", ".mjs", ".js", ".ts", ".md", ".json", ".toml", ".txt", ".yml", ".sh", ""}
SOURCES = {".hpp", ".cpp", ".c", ".h", ".py", ".mjs", ".js", ".ts", ".cmake", ".sh", ""}
FILE_BYTES_MAX = 1_000_000

# (what it is called, what finds it, the suffixes it is looked for in). The patterns are split so that this file is clean.
RULES = [
    ("unfinished work", re.compile(r"\b(TO" r"DO|FIX" r"ME|XX" r"X)\b"), SOURCES),
    ("a machine's path", re.compile(r"(?<![\w.$}-])/(wo" r"rk|ro" r"ot)/[\w.]"), TEXT),
    ("a package registry's host", re.compile(r"(npm" r"js\.org|deb\.deb" r"ian\.org|pypi\.o" r"rg|crates\.i" r"o)"), TEXT),
    ("a download address in a lock file", re.compile(r'"resol' r'ved"\s*:'), {".json"}),
    ("waiting by time", re.compile(r"(sleep" r"_for|\busl" r"eep\(|\btime\.sl" r"eep\()"), SOURCES),
    ("a bash wait by time", re.compile(r"^\s*sl" r"eep [0-9]"), {"", ".sh"}),
    ("white space at the end of a line", re.compile(r"[ \t]+$"), TEXT),
    ("a tab", re.compile(r"\t"), {".hpp", ".cpp", ".py", ".cmake"}),
]


def main():
    problems = []
    for path in project_files():
        relative = path.relative_to(ROOT).as_posix()
        if path.suffix not in TEXT:
            continue
        size = path.stat().st_size
        if size > FILE_BYTES_MAX:
            problems.append(f"{relative}: {size} bytes; large material lies beside the project, not in it")
            continue
        try:
            text = path.read_text()
        except UnicodeDecodeError:
            problems.append(f"{relative}: not UTF-8")
            continue
        if text and not text.endswith("\n"):
            problems.append(f"{relative}: no newline at its end")
        if path.suffix == ".hpp" and "#pragma once" not in text:
            problems.append(f"{relative}: no #pragma once")
        for number, line in enumerate(text.splitlines(), 1):
            for name, pattern, suffixes in RULES:
                if path.suffix in suffixes and pattern.search(line):
                    problems.append(f"{relative}:{number}: {name}: {line.strip()[:100]}")
    for problem in problems:
        print(problem)
    print(f"hygiene: {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
