"""Policies on evidence for wallets on development chains."""
import hashlib

from .crypto import Ed25519Key
from .unseal import hkdf_sha256

# The platform secrets of all workers that this process has started.
_PLATFORMS = set()


def know_worker(data_dir):
    """Later policies take the evidence of this worker."""
    _PLATFORMS.add(data_dir / "sim-platform")


def simulation_key(platform_secret):
    """The key that a simulated platform signs its evidence with."""
    return Ed25519Key(hkdf_sha256(platform_secret, b"sim/attest/v1")).public


def write_policy(file, keys):
    """A policy that takes simulated evidence of these keys (hexadecimal), and nothing else."""
    listed = ", ".join(f'"{key}"' for key in keys)
    file.write_text(f"""format = "redoubt-policy/1"
name = "development"

[evidence]
types = ["sim"]

[simulation]
allow = true
development-chain = true
keys = [{listed}]
""")
    return file


def development_policy(folder):
    """A policy in `folder` that takes every worker that this process has started; None while there is none."""
    secrets = {file.read_bytes() for file in _PLATFORMS if file.exists()}
    if not secrets:
        return None
    keys = sorted(simulation_key(secret).hex() for secret in secrets)
    name = hashlib.sha256("".join(keys).encode()).hexdigest()[:16]
    file = folder / f"policy-{name}.toml"
    return file if file.exists() else write_policy(file, keys)
