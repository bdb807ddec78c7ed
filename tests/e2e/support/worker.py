"""redoubtd and its enclave process, driven as an operator would."""
import contextlib
import json
import os
import pathlib
import signal

from .material import program
from .policy import know_worker
from .process import Process, ProcessError

START_SECONDS_MAX = 300


def children_of(pid):
    """Process ids of a process's children, of all its threads."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # the thread has ended meanwhile
            found += [int(word) for word in (task / "children").read_text().split()]
    return found


class Worker:
    """`redoubtd run` with JSON output. Trusted endpoint on a free port unless `listen` names one; `environment` is added to
    the test's own."""

    def __init__(self, chain_url, data_dir, *options, dev=True, listen="127.0.0.1:0", name="redoubtd", cwd=None, environment=None):
        self.data_dir = data_dir
        know_worker(data_dir)
        argv = [program("redoubtd"), "run", "--chain", chain_url, "--data-dir", data_dir, "--listen", listen, "--log-json"]
        argv += ["--dev"] if dev else []
        inherited = {key: value for key, value in os.environ.items() if not key.startswith("REDOUBT_")}
        self.process = Process(name, [*argv, *options], data_dir.parent / f"{name}.log", env={**inherited, **(environment or {})},
                               cwd=cwd)

    def wait_event(self, name, timeout_s=START_SECONDS_MAX, after=0, where=lambda event: True):
        """(line index, event) of the first event with this name from line `after` on."""
        def matches(line):
            event = as_json(line)
            return event.get("event") == name and where(event)
        index = self.process.wait_line(matches, timeout_s, after)
        return index, as_json(self.process.lines[index])

    def wait_ready(self, timeout_s=START_SECONDS_MAX):
        """The start-up report: account_hex, shard, measurement, url, listen and others."""
        return self.wait_event("ready", timeout_s)[1]

    def said(self, after=0):
        """What it has said from line `after` on, line by line; empty objects where that was no JSON."""
        return [as_json(line) for line in self.process.lines[after:]]

    def events(self, name):
        return [event for event in self.said() if event.get("event") == name]

    def living_enclave(self):
        """The process id of the enclave that runs now, None when there is none."""
        for pid in children_of(self.process.pid):
            try:
                name, rest = pathlib.Path(f"/proc/{pid}/stat").read_text().split("(", 1)[1].rsplit(") ", 1)
            except FileNotFoundError:
                continue  # it has ended meanwhile
            if name.startswith("redoubt-enclave") and rest[0] not in "ZX":
                return pid
        return None

    def enclave_pid(self):
        """The process id of the enclave that runs now."""
        pid = self.living_enclave()
        if pid is None:
            raise ProcessError(f"redoubtd has no enclave process\n{self.process.tail()}")
        return pid

    def evidence_pids(self):
        """The process that keeps the one that makes evidence, and that one; None where there is none at the moment."""
        keeper = next(iter(children_of(self.enclave_pid())), None)
        return keeper, next(iter(children_of(keeper)), None)

    def kill_enclave(self):
        os.kill(self.enclave_pid(), signal.SIGKILL)

    def stop(self):
        """Asks it to end and returns its exit code."""
        return self.process.stop()

    def kill(self):
        self.process.kill()


def as_json(line):
    """A line as a JSON object; an empty one when it is something else."""
    try:
        value = json.loads(line)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
