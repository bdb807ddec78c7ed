#!/usr/bin/env python3
"""Checks the files of deploy/ against the programs: every option that they pass has to exist.

The manifest template of Gramine is rendered with the few expressions that it has and read as TOML; the
enclave has to take its arguments (it then ends because this machine is no SGX enclave, not because of them).
The unit's options have to be options of `redoubtd run`, and where systemd is installed it judges the unit.
"""
import argparse
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

ROOT = pathlib.Path(__file__).resolve().parent.parent
MANIFEST = ROOT / "deploy/gramine/redoubt-enclave.manifest.template"
UNIT = ROOT / "deploy/systemd/redoubtd-confidential-vm.service"
EXIT_USAGE = 2


def rendered(text, program):
    """What gramine-manifest makes of the template, for the expressions that it has."""
    text = text.replace("{{ program }}", program)
    text = re.sub(r"\{\{ 'true' if env\.get\('EDMM', '0'\) == '1' else 'false' \}\}", "false", text)
    if "{{" in text or "{%" in text:
        raise ValueError("the template has an expression that this check does not know")
    return text


def check_manifest(program):
    problems = []
    manifest = tomllib.loads(rendered(MANIFEST.read_text(), str(program)))
    argv = manifest["loader"]["argv"]
    done = subprocess.run([str(program), *argv[1:]], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          timeout=60, check=False)
    if done.returncode == EXIT_USAGE:
        problems.append(f"{MANIFEST.name}: the enclave does not take {' '.join(argv[1:])}")
    elif "cannot use its TEE" not in done.stderr:
        problems.append(f"{MANIFEST.name}: unexpected end of the enclave: {done.stderr.strip()}")
    wrong = subprocess.run([str(program), *argv[1:], "--no-such-option", "1"], stdin=subprocess.DEVNULL,
                           capture_output=True, timeout=60, check=False)
    if wrong.returncode != EXIT_USAGE:
        problems.append("the enclave takes an option that it does not know: this check shows nothing")
    sgx = manifest["sgx"]
    if sgx["debug"] is not False or sgx["remote_attestation"] != "dcap":
        problems.append(f"{MANIFEST.name}: debug has to be off and remote attestation dcap")
    mounted = {mount["uri"] for mount in manifest["fs"]["mounts"]}
    if not mounted <= set(sgx["trusted_files"]):
        problems.append(f"{MANIFEST.name}: a mounted file is not a trusted one")
    if "insecure__use_cmdline_argv" in manifest["loader"]:
        problems.append(f"{MANIFEST.name}: the arguments have to be measured")
    return problems


def options_of(daemon):
    help_text = subprocess.run([str(daemon), "run", "--help"], capture_output=True, text=True, timeout=60,
                               check=True).stdout
    return set(re.findall(r"--[a-z][a-z-]*", help_text))


def check_unit(daemon):
    problems = []
    text = UNIT.read_text()
    known = options_of(daemon)
    used = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
    if not used:
        problems.append(f"{UNIT.name}: passes no options: this check shows nothing")
    for option in sorted(used - known):
        problems.append(f"{UNIT.name}: redoubtd run has no option {option}")
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        print("deploy: systemd-analyze is not installed, so that it does not judge the unit")
        return problems
    with tempfile.TemporaryDirectory() as folder:
        # Programs that are there: the unit names those of the installed image.
        copy = pathlib.Path(folder) / UNIT.name
        copy.write_text(text.replace("/usr/bin/redoubtd", str(daemon)))
        done = subprocess.run([analyze, "verify", "--man=no", str(copy)], capture_output=True, text=True,
                              timeout=60, check=False)
        said = [line for line in done.stderr.splitlines() if UNIT.name in line]
        problems.extend(said)
    return problems


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--build-dir", type=pathlib.Path, required=True)
    programs = parser.parse_args().build_dir.resolve() / "bin"
    problems = check_manifest(programs / "redoubt-enclave") + check_unit(programs / "redoubtd")
    for problem in problems:
        print(problem)
    print(f"deploy: {len(problems)} problem(s)")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
