#!/usr/bin/env python3
"""The demo as a newcomer runs it: to its end, twice, beside taken ports, without a home, and stopped half-way."""
import os
import pathlib
import signal
import socket
import subprocess
import sys
import threading
import unittest

from support import material, suite

DEMO_SECONDS_MAX = 300
EXIT_INTERRUPTED = 130
# Each names a moment: the chain starts, the worker starts, the wallet waits.
MOMENTS = ("1. The chain", "2. The worker", "$ redoubt shield", "$ redoubt trusted transfer")
ACTORS = {"redoubt-devchai", "redoubtd", "redoubt-enclave"}


def session_of(pid):
    """The names of the processes that run in a session."""
    names = set()
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            name, fields = (folder / "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue  # it has just ended
        state, _, _, session = fields.split()[:4]
        if int(session) == pid and state != "Z":  # Z: it has ended, and waits to be collected
            names.add(name)
    return names


class Demo:
    """scripts/demo_steps.py as the leader of a session of its own."""

    def __init__(self, **environment):
        command = [sys.executable, material.SOURCE_DIR / "scripts/demo_steps.py"]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True, start_new_session=True, env={**os.environ, **environment})
        self.lines = []
        self.actors = set()
        self._deadline = threading.Timer(DEMO_SECONDS_MAX, self.process.kill)
        self._deadline.start()

    def read_until(self, word):
        """Reads what it says up to the first line with `word`; whether there was one."""
        for line in self.process.stdout:
            self.lines.append(line)
            self.actors |= session_of(self.process.pid) & ACTORS
            if word is not None and word in line:
                return True
        return False

    def interrupt(self):
        """Ctrl-C in a terminal: every process in the foreground gets it."""
        os.killpg(self.process.pid, signal.SIGINT)

    def end(self):
        """Its exit code, once it has said everything."""
        self.read_until(None)
        code = self.process.wait()
        self._deadline.cancel()
        self.process.stdout.close()
        return code

    def text(self):
        return "".join(self.lines)


class DemoTest(unittest.TestCase):
    def setUp(self):
        self.temporary = suite.work_dir()

    def start(self, **environment):
        return Demo(TMPDIR=str(self.temporary), **environment)

    def assert_nothing_left(self, demo):
        self.assertEqual(session_of(demo.process.pid), set())
        self.assertEqual(list(self.temporary.iterdir()), [])

    def assert_complete(self, demo):
        self.assertEqual(demo.end(), 0, demo.text())
        self.assertIn("confirmed", demo.text())
        self.assertEqual(demo.actors, ACTORS, "the processes that are looked for are those that run")
        self.assert_nothing_left(demo)

    def test_works_twice_in_a_row(self):
        self.assert_complete(self.start())
        self.assert_complete(self.start())

    def test_works_when_the_usual_ports_are_taken(self):
        with socket.socket() as chain, socket.socket() as endpoint:
            for taken, port in ((chain, 9944), (endpoint, 2000)):
                try:
                    taken.bind(("127.0.0.1", port))
                    taken.listen()
                except OSError:
                    pass  # another program of this machine has it: taken all the same
            self.assert_complete(self.start())

    def test_works_without_a_home_to_write_to(self):
        self.assert_complete(self.start(HOME="/proc"))

    def test_ends_with_all_its_processes_when_interrupted(self):
        for moment in MOMENTS:
            with self.subTest(moment):
                demo = self.start()
                self.assertTrue(demo.read_until(moment), demo.text())
                demo.interrupt()
                self.assertEqual(demo.end(), EXIT_INTERRUPTED, demo.text())
                self.assertNotIn("Traceback", demo.text())
                self.assert_nothing_left(demo)


if __name__ == "__main__":
    suite.main("devchain", "worker", "wallet")
