"""A child process whose output is read line by line, and which never outlives the test."""
import atexit
import collections
import contextlib
import signal
import subprocess
import threading
import time

STOP_SECONDS_MAX = 60

_running = []  # children that nobody has ended yet


@atexit.register
def end_all():
    """Ends every child that nobody has ended: asks it, and kills it when it does not listen."""
    while _running:
        _end(_running[-1])


@contextlib.contextmanager
def _signals_held():
    """What a handler would do now it does at the end: an exception in between would lose a child that has started."""
    if threading.current_thread() is not threading.main_thread():
        yield  # handlers run in the main thread only
        return
    held = []
    handlers = {one: signal.signal(one, lambda number, _: held.append(number)) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in handlers.items():
            signal.signal(one, handler)
        for number in held:
            signal.raise_signal(number)


def _start(argv, **options):
    """A child in a process group of its own: whoever started it says when it ends, not a Ctrl-C in the terminal."""
    with _signals_held():
        child = subprocess.Popen([str(word) for word in argv], stdin=subprocess.DEVNULL, process_group=0, **options)
        _running.append(child)
    return child


def _end(child):
    if child.poll() is None:
        child.terminate()
        try:
            child.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
    _forget(child)


def _forget(child):
    if child in _running:
        _running.remove(child)


def run_to_end(argv, timeout_s, env=None):
    """What subprocess.run() returns for a program whose outputs are text; one that is interrupted or late is ended."""
    child = _start(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=env)
    try:
        output, error = child.communicate(timeout=timeout_s)
    finally:
        _end(child)
    return subprocess.CompletedProcess(argv, child.returncode, output, error)


class ProcessError(Exception):
    """The process ended early, or did not say in time what was waited for; the text holds its last lines."""


class Process:
    """Runs `argv`; keeps every line it prints (both streams) in memory and in `log_path`."""

    def __init__(self, name, argv, log_path, env=None, cwd=None):
        self.name = name
        self.argv = [str(word) for word in argv]
        self.log_path = log_path
        self.lines = []
        self._ended = False
        self._changed = threading.Condition()
        log_path.parent.mkdir(parents=True, exist_ok=True)
        # setpriv: when this test is killed, the kernel ends the child too. It execs, so the process id stays.
        self._child = _start(["setpriv", "--pdeathsig", "KILL", *self.argv], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             env=env, cwd=cwd)
        self.pid = self._child.pid
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self):
        with self.log_path.open("ab") as log:
            for raw in self._child.stdout:
                log.write(raw)
                log.flush()
                with self._changed:
                    self.lines.append(raw.decode("utf-8", "replace").rstrip("\n"))
                    self._changed.notify_all()
        self._child.stdout.close()
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def wait_line(self, matches, timeout_s, after=0):
        """The index of the first line from `after` on for which `matches` is true; waits for it."""
        deadline = time.monotonic() + timeout_s
        position = after
        with self._changed:
            while True:
                while position < len(self.lines):
                    if matches(self.lines[position]):
                        return position
                    position += 1
                if self._ended:
                    raise ProcessError(f"{self.name} ended before it said what was waited for\n{self.tail()}")
                remaining = deadline - time.monotonic()
                if remaining <= 0:
                    raise ProcessError(f"{self.name} did not say it within {timeout_s} s\n{self.tail()}")
                self._changed.wait(remaining)

    def tail(self, count=30):
        return "\n".join(f"    {self.name}: {line[:400]}" for line in collections.deque(self.lines, count))

    def running(self):
        return self._child.poll() is None

    def run_for(self, seconds):
        """Lets it run on for a while; raises when it ends by itself before."""
        try:
            code = self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return
        raise ProcessError(f"{self.name} ended by itself with {code}\n{self.tail()}")

    def wait_exit(self, timeout_s=STOP_SECONDS_MAX):
        """Its exit code (negative: the signal that ended it)."""
        try:
            code = self._child.wait(timeout_s)
        except subprocess.TimeoutExpired as late:
            raise ProcessError(f"{self.name} did not end within {timeout_s} s\n{self.tail()}") from late
        self._reader.join(STOP_SECONDS_MAX)
        return code

    def stop(self, timeout_s=STOP_SECONDS_MAX):
        """Asks it to end (SIGTERM) and returns its exit code."""
        if self.running():
            self._child.send_signal(signal.SIGTERM)
        code = self.wait_exit(timeout_s)
        _forget(self._child)
        return code

    def kill(self):
        """Ends it at once, as a power cut would."""
        if self.running():
            self._child.kill()
            self._child.wait()
        _forget(self._child)
