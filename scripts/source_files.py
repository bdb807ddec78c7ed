"""The project's own files, for the checks: everything below the root except build output and installed packages."""
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SKIPPED_FOLDERS = {".git", "build", "node_modules", "__pycache__", "corpus"}
TRUSTED_FOLDERS = ["primitives", "substrate", "boundary", "trie", "light-client", "stf", "attestation", "enclave"]


def project_files():
    """Every file, sorted, as paths below ROOT."""
    found = []
    pending = [ROOT]
    while pending:
        folder = pending.pop()
        for entry in folder.iterdir():
            if entry.is_symlink():
                continue
            if entry.is_dir():
                if entry.name not in SKIPPED_FOLDERS:
                    pending.append(entry)
            else:
                found.append(entry)
    return sorted(found)


def cpp_files():
    return [path for path in project_files() if path.suffix in (".hpp", ".cpp")]
