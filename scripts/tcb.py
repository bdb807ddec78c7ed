#!/usr/bin/env python3
"""Rewrites enclave/TRUSTED_BASE.md: what runs inside the enclave, counted.

Every file of the trusted folders that is compiled into redoubt-enclave (tests beside them are not), with its lines,
and the third-party libraries of its link line. --check only says whether the page is current.
"""
import argparse
import pathlib
import re
import subprocess
import sys

from source_files import ROOT, TRUSTED_FOLDERS, cpp_files

PAGE = ROOT / "enclave/TRUSTED_BASE.md"


def counted_files():
    """(path below ROOT, all lines, lines with code) of each trusted file that is no test."""
    rows = []
    for path in cpp_files():
        relative = path.relative_to(ROOT)
        if relative.parts[0] not in TRUSTED_FOLDERS or path.stem.endswith("_test"):
            continue
        lines = path.read_text().splitlines()
        code = [line for line in lines if line.strip() and not line.strip().startswith("//")]
        rows.append((relative.as_posix(), len(lines), len(code)))
    return rows


def linked_libraries(build_dir):
    """Libraries on the enclave's link line that the project did not build itself."""
    commands = subprocess.run(["ninja", "-C", str(build_dir), "-t", "commands", "redoubt-enclave"],
                              capture_output=True, text=True, check=True).stdout.splitlines()
    link = next((line for line in reversed(commands) if re.search(r"-o bin/redoubt-enclave\b", line)), None)
    if link is None:
        sys.exit("tcb: the build has no link line for redoubt-enclave")
    names = set()
    for word in link.split():
        if match := re.fullmatch(r"-l(?::lib)?([\w.+-]+?)(?:\.a)?", word):
            names.add(match.group(1))
        elif match := re.fullmatch(r"(?:/\S*/)?lib([\w.+-]+)\.(?:a|so)(?:\.\d+)*", word):
            if not match.group(1).startswith("redoubt_"):
                names.add(match.group(1))
    return sorted(names - {"m", "dl", "pthread", "rt"})


def page(build_dir):
    rows = counted_files()
    by_folder = {}
    for name, lines, code in rows:
        total = by_folder.setdefault(name.split("/")[0], [0, 0, 0])
        total[0] += 1
        total[1] += lines
        total[2] += code
    out = ["# The trusted base", "",
           "Everything that is linked into `redoubt-enclave`. Written by `make tcb`; a check compares it with the sources,",
           "so a review sees the base grow. \"Code\" leaves out blank lines and whole-line comments. Test files are not linked.", "",
           "| Folder | Files | Lines | Code |", "|---|---:|---:|---:|"]
    for folder in TRUSTED_FOLDERS:
        if folder in by_folder:
            out.append("| {} | {} | {} | {} |".format(folder, *by_folder[folder]))
    out.append("| **all** | {} | {} | {} |".format(len(rows), sum(r[1] for r in rows), sum(r[2] for r in rows)))
    out += ["", "## Third-party libraries on its link line", "",
            "Besides the C and C++ runtime (libc, libm, libstdc++, libgcc):", ""]
    out += [f"- {name}" for name in linked_libraries(build_dir)]
    out += ["", "## Files", "", "| File | Lines | Code |", "|---|---:|---:|"]
    out += [f"| {name} | {lines} | {code} |" for name, lines, code in rows]
    return "\n".join(out) + "\n"


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--build-dir", type=pathlib.Path, default=ROOT / "build/dev")
    arguments.add_argument("--check", action="store_true")
    chosen = arguments.parse_args()
    text = page(chosen.build_dir.resolve())
    current = PAGE.read_text() if PAGE.exists() else ""
    if not chosen.check:
        PAGE.write_text(text)
        print(f"tcb: {PAGE.relative_to(ROOT)} " + ("unchanged" if text == current else "rewritten"))
        return 0
    if text != current:
        print("tcb: enclave/TRUSTED_BASE.md is not current: run `make tcb` and read what grew")
        return 1
    print("tcb: current")
    return 0


if __name__ == "__main__":
    sys.exit(main())
