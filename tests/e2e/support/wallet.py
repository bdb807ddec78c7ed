"""The command-line wallet, run as a program would run it."""
import json
import os

from .material import program
from .policy import development_policy
from .process import run_to_end

COMMAND_SECONDS_MAX = 300


class WalletResult:
    """Exit code, the JSON it printed (None when it printed none), and its error output."""

    def __init__(self, arguments, done):
        self.arguments = arguments
        self.code = done.returncode
        self.error = done.stderr
        self.output = done.stdout
        try:
            self.json = json.loads(done.stdout)
        except ValueError:
            self.json = None

    def __str__(self):
        return f"redoubt {' '.join(map(str, self.arguments))}: exit {self.code}\n{self.output}{self.error}"


KNOWN_WORKERS = object()


class Wallet:
    """Commands against one chain, with a key store of its own. `policy` is a file, None for the wallet's own default, or
    KNOWN_WORKERS for one that takes the workers of this process."""

    def __init__(self, chain_url, keystore, policy=KNOWN_WORKERS):
        self.chain_url = chain_url
        self.keystore = keystore
        self.policy = policy

    def run(self, *arguments, timeout_s=COMMAND_SECONDS_MAX, json_output=True):
        """Runs a command to its end, whatever its exit code."""
        options = ["--chain", self.chain_url, "--keystore", self.keystore] + (["--json"] if json_output else [])
        command = [str(word) for word in (program("redoubt"), *options, *arguments)]
        return WalletResult(arguments, run_to_end(command, timeout_s, self.environment()))

    def environment(self):
        """What its processes inherit: nothing of the caller's own settings."""
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("REDOUBT_")}
        policy = development_policy(self.keystore.parent) if self.policy is KNOWN_WORKERS else self.policy
        own = {"XDG_STATE_HOME": str(self.keystore.parent / "state")}
        return inherited | own | ({"REDOUBT_POLICY": str(policy)} if policy else {})

    def ok(self, *arguments, timeout_s=COMMAND_SECONDS_MAX):
        """Runs a command that has to succeed; returns its JSON."""
        result = self.run(*arguments, timeout_s=timeout_s)
        if result.code != 0 or result.json is None:
            raise AssertionError(str(result))
        return result.json
