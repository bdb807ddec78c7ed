#!/usr/bin/env python3
"""Compares the wallet's error and warning codes with their tables in docs/WALLET.md: the same codes, each in one row."""
import re
import sys

from source_files import ROOT

# The functions of tools/wallet/failure.hpp, and the exit code that each gives.
MAKERS = {"refused": 1, "usage_failure": 2, "unreachable": 3, "timed_out": 4, "untrusted": 5, "interrupted": 130}
MADE = re.compile(r"\b(" + "|".join(MAKERS) + r')\(\s*"([a-z_]+)"')
WARNED = re.compile(r'\.warn\(\s*"([a-z_]+)"')
ROW = re.compile(r"^\| (\d+) \|.*\|([^|]*)\|$", re.M)


WARNINGS = re.compile(r"^\| Warning \|.*\n(?:\|.*\n)+", re.M)
WARNING = re.compile(r"^\| `([a-z_]+)` \|", re.M)


def main():
    problems, made, written, warned = [], {}, {}, set()
    for path in sorted((ROOT / "tools/wallet").glob("*.cpp")):
        if not path.stem.endswith("_test"):
            for maker, code in MADE.findall(path.read_text()):
                made.setdefault(code, set()).add(MAKERS[maker])
            warned.update(WARNED.findall(path.read_text()))
    table = WARNINGS.search((ROOT / "docs/WALLET.md").read_text())
    for code in sorted(warned ^ set(WARNING.findall(table[0] if table else ""))):
        problems.append(f"{code}: a warning of {'tools/wallet' if code in warned else 'docs/WALLET.md'} alone")
    for exit_code, codes in ROW.findall((ROOT / "docs/WALLET.md").read_text()):
        for code in re.findall(r"`([a-z_]+)`", codes):
            written.setdefault(code, set()).add(int(exit_code))
    for code in sorted(made.keys() | written.keys()):
        ours, theirs = made.get(code, set()), written.get(code, set())
        if len(ours) > 1:
            problems.append(f"{code}: made with several exit codes: {sorted(ours)}")
        elif ours != theirs:
            problems.append(f"{code}: exit code {sorted(ours)} in tools/wallet, {sorted(theirs)} in docs/WALLET.md")
    for problem in problems:
        print(problem)
    print(f"wallet codes: {len(problems)} problem(s) in {len(made)} codes and {len(warned)} warnings")
    return 1 if problems or not made or not warned else 0


if __name__ == "__main__":
    sys.exit(main())
