"""redoubtd and its enclave process, driven as an operator would."""
import json
import os
import pathlib
import signal

from .material import program
from .process import Process, ProcessError

START_SECONDS_MAX = 300


def children_of(pid):
    """Process ids of a process's children, of all its threads."""
    found = []
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        found += [int(word) for word in (task / "children").read_text().split()]
    return found


class Worker:
    """`redoubtd run` with JSON output. Trusted endpoint on a free port unless `listen` names one."""

    def __init__(self, chain_url, data_dir, *options, dev=True, listen="127.0.0.1:0", name="redoubtd"):
        self.data_dir = data_dir
        argv = [program("redoubtd"), "run", "--chain", chain_url, "--data-dir", data_dir, "--listen", listen, "--log-json"]
        argv += ["--dev"] if dev else []
        environment = {key: value for key, value in os.environ.items() if not key.startswith("REDOUBT_")}
        self.process = Process(name, [*argv, *options], data_dir.parent / f"{name}.log", env=environment)

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

    def events(self, name):
        return [event for line in list(self.process.lines) if (event := as_json(line)).get("event") == name]

    def enclave_pid(self):
        """The process id of the enclave that runs now."""
        for pid in children_of(self.process.pid):
            if pathlib.Path(f"/proc/{pid}/comm").read_text().startswith("redoubt-enclave"):
                return pid
        raise ProcessError(f"redoubtd has no enclave process\n{self.process.tail()}")

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
