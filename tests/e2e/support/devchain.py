"""redoubt-devchain as a child process on a free port."""
import json
import subprocess
import urllib.request

from . import material
from .chain import PAYER_FUNDS, PAYERS, ss58
from .process import Process

START_SECONDS_MAX = 120
ANSWER_SECONDS_MAX = 120
SS58_PREFIX = 42
ANNOUNCEMENT = "listening on "


def funded_spec(work_dir):
    """The program's own chain spec with the funds of the tests' own payers; their //Alice is sudo."""
    exported = subprocess.run([material.program("redoubt-devchain"), "export-spec"], capture_output=True, text=True,
                              check=True, timeout=ANSWER_SECONDS_MAX)
    spec = json.loads(exported.stdout)
    spec["balances"] += [[ss58(key.public, SS58_PREFIX), str(PAYER_FUNDS)] for key in PAYERS.values()]
    spec["sudo"] = ss58(PAYERS["//Alice"].public, SS58_PREFIX)
    path = work_dir / "devchain-spec.json"
    path.write_text(json.dumps(spec))
    return path


class Devchain:
    def __init__(self, work_dir, *arguments, name="devchain", port="0"):
        self.process = Process(name, [material.program("redoubt-devchain"), "--port", port, *arguments],
                               work_dir / f"{name}.log")
        line = self.process.wait_line(lambda text: text.startswith(ANNOUNCEMENT), START_SECONDS_MAX)
        self.url = self.process.lines[line][len(ANNOUNCEMENT):]

    def answer(self, method, *params):
        """The whole reply to one call, over HTTP."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}
        post = urllib.request.Request(self.url.replace("ws://", "http://"), json.dumps(request).encode(),
                                      {"Content-Type": "application/json"})
        with urllib.request.urlopen(post, timeout=ANSWER_SECONDS_MAX) as reply:
            return json.load(reply)

    def call(self, method, *params):
        reply = self.answer(method, *params)
        if "error" in reply:
            raise RuntimeError(f"{method}: {reply['error']}")
        return reply["result"]

    def stop(self):
        """Asks it to end; its exit code."""
        return self.process.stop()
