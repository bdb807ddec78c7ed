"""What Gramine is to an enclave: a program that starts it, and the files below /dev/attestation. The platform is the tests' own
(attester.py): each quote is made when it is asked for, over the report data that the enclave has written."""
import contextlib
import errno
import hashlib
import os
import shlex
import threading

# Offsets of a target info and of a report that follows its body.
TARGET_INFO_BYTES, REPORT_TAIL_BYTES = 512, 48
REPORT_DATA_BYTES = 64


class Gramine:
    """The files are shared by the enclave's processes, which use them one after the other.

    `change` gets each quote that is handed out, and gives another one in its place.
    """

    def __init__(self, folder, attester, program):
        self.folder = folder
        self.measurement = hashlib.sha256(program.read_bytes()).digest()
        self.change = lambda quote: quote
        self.asked = []  # the report data of each quote
        self._attester = attester
        self._stopping = False
        self._lock = threading.Lock()
        self._report_data = b""
        (folder / "keys").mkdir(parents=True)
        (folder / "attestation_type").write_bytes(b"dcap")
        (folder / "my_target_info").write_bytes(self.measurement + bytes(TARGET_INFO_BYTES - len(self.measurement)))
        (folder / "target_info").write_bytes(b"")
        (folder / "keys/_sgx_mrenclave").write_bytes(os.urandom(16))
        os.mkfifo(folder / "user_report_data")
        # What is written stands in the pipe before anything can be read that depends on it.
        self._written = os.open(folder / "user_report_data", os.O_RDONLY | os.O_NONBLOCK)
        self._servers = [threading.Thread(target=self._serve, args=made, daemon=True)
                         for made in (("report", self._report), ("quote", self._quote))]
        for name in ("report", "quote"):
            os.mkfifo(folder / name)
        for server in self._servers:
            server.start()
        self.launcher = self._write_launcher(program)

    def _write_launcher(self, program):
        """In the place of the program gramine-sgx: it shows the enclave this folder as /dev/attestation, in a namespace of mounts,
        and gives it the arguments of the manifest."""
        inside = ('mount -t tmpfs none /dev && mkdir /dev/attestation && mount --bind "$0" /dev/attestation && '
                  'exec "$1" --channel-stdio --tee gramine-sgx')
        words = ["unshare", "--map-root-user", "--mount", "/bin/sh", "-c", inside, str(self.folder), str(program)]
        path = self.folder.parent / "gramine-sgx"
        path.write_text(f"#!/bin/sh\nexec {shlex.join(words)}\n")
        path.chmod(0o755)
        return path

    def _serve(self, name, make):
        """One reader after the other. Each has a pipe of its own: what comes for the next one is never read by the last one."""
        path = self.folder / name
        while True:
            pipe = os.open(path, os.O_WRONLY)  # waits for a reader
            with open(pipe, "wb") as out, contextlib.suppress(BrokenPipeError):
                if self._stopping:
                    return
                os.mkfifo(path.with_suffix(".next"))
                path.with_suffix(".next").rename(path)
                out.write(make(self._current_report_data()))

    def _current_report_data(self):
        with self._lock:
            with contextlib.suppress(BlockingIOError):
                while piece := os.read(self._written, REPORT_DATA_BYTES):
                    self._report_data = piece
            return self._report_data

    def _report(self, report_data):
        return self._attester.report_body(self.measurement, report_data) + bytes(REPORT_TAIL_BYTES)

    def _quote(self, report_data):
        self.asked.append(report_data)
        return self.change(self._attester.quote_over(report_data, self.measurement))

    def stop(self):
        self._stopping = True
        for name in ("report", "quote"):
            try:
                os.close(os.open(self.folder / name, os.O_RDONLY | os.O_NONBLOCK))
            except OSError as error:
                if error.errno != errno.ENOENT:
                    raise
        for server in self._servers:
            server.join()
        os.close(self._written)
