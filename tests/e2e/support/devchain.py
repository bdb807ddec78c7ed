"""redoubt-devchain as a child process on a free port."""
import json
import urllib.request

from . import material
from .process import Process

START_SECONDS_MAX = 30
ANNOUNCEMENT = "listening on "


class Devchain:
    def __init__(self, work_dir, *arguments, name="devchain"):
        self.process = Process(name, [material.program("redoubt-devchain"), "--port", "0", *arguments],
                               work_dir / f"{name}.log")
        line = self.process.wait_line(lambda text: text.startswith(ANNOUNCEMENT), START_SECONDS_MAX)
        self.url = self.process.lines[line][len(ANNOUNCEMENT):]

    def answer(self, method, *params):
        """The whole reply to one call, over HTTP."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        post = urllib.request.Request(self.url.replace("ws://", "http://"), json.dumps(request).encode(),
                                      {"Content-Type": "application/json"})
        with urllib.request.urlopen(post, timeout=30) as reply:
            return json.load(reply)

    def call(self, method, *params):
        reply = self.answer(method, *params)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply["result"]

    def stop(self):
        """Asks it to end; its exit code."""
        return self.process.stop()
