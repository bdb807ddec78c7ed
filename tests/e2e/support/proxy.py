"""A TCP proxy in front of a WebSocket server: it cuts, stalls, refuses, and changes what the server says."""
import socket
import struct
import threading
import urllib.parse

CHUNK_BYTES_MAX = 65536
FRAME_BYTES_MIN = 64


def address_of(url):
    parts = urllib.parse.urlsplit(url)
    return parts.hostname, parts.port


class Frames:
    """Finds its way through the frames that a WebSocket server sends (they are not masked)."""

    def __init__(self):
        self._head = b""
        self._upgraded = False
        self._payload_left = 0

    def inside_payload(self, chunk):
        """Takes the next bytes; an offset in `chunk` that lies within a frame's payload, or None."""
        found, at = None, 0
        while at < len(chunk):
            if self._payload_left:
                size = min(self._payload_left, len(chunk) - at)
                if size >= FRAME_BYTES_MIN:
                    found = at + size // 2
                self._payload_left -= size
                at += size
                continue
            self._head += chunk[at:at + 1]
            at += 1
            if not self._upgraded:
                if self._head.endswith(b"\r\n\r\n"):
                    self._upgraded, self._head = True, b""
                continue
            if len(self._head) < 2:
                continue
            length = self._head[1] & 0x7F
            extended = {126: 2, 127: 8}.get(length, 0)
            if len(self._head) == 2 + extended:
                self._payload_left = int.from_bytes(self._head[2:], "big") if extended else length
                self._head = b""
        return found


class Rewriter:
    """Replaces texts by others of the same length in a stream, wherever it is split."""

    def __init__(self, pairs):
        for old, new in pairs:
            if len(old) != len(new):
                raise ValueError("frames tell their length: a text is replaced by one of the same length")
        self._pairs = pairs
        self._kept = b""
        self.rewritten = 0

    def feed(self, chunk):
        data = self._kept + chunk
        for old, new in self._pairs:
            self.rewritten += data.count(old)
            data = data.replace(old, new)
        keep = max((size for old, _ in self._pairs for size in range(1, len(old)) if data.endswith(old[:size])), default=0)
        self._kept = data[len(data) - keep:]
        return data[:len(data) - keep]


class TcpProxy:
    """Listens on a free port and passes everything on to `target_url`, until it is told otherwise.

    `rewrites` are pairs of equally long byte strings: what the server says and what the client hears instead.
    """

    def __init__(self, target_url, rewrites=()):
        self._target = address_of(target_url)
        self._rewrites = list(rewrites)
        self._flowing = threading.Event()
        self._flowing.set()
        self._refusing = False
        self._changed = threading.Condition()
        self._live = set()
        self._half_ended = set()
        self._cut_next_frame = False
        self.cuts_in_frames = 0
        self.connections = 0
        self.rewritten = 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"ws://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    # -- what a test does to the connections --
    def point_at(self, target_url):
        """New connections go there."""
        self._target = address_of(target_url)

    def cut(self):
        """Breaks all connections there are, without a goodbye."""
        with self._changed:
            live, self._live = self._live, set()
        for pair in live:
            _break(pair)

    def refuse(self):
        """Breaks all connections, and each new one, until accept()."""
        self._refusing = True
        self.cut()

    def accept(self):
        self._refusing = False

    def stall(self):
        """Connections stay open and carry nothing, until resume()."""
        self._flowing.clear()

    def resume(self):
        self._flowing.set()

    def cut_in_frame(self, timeout_s=60):
        """Breaks the connection whose server sends the next long frame, in the middle of that frame; waits for it."""
        with self._changed:
            before = self.cuts_in_frames
            self._cut_next_frame = True
            if not self._changed.wait_for(lambda: self.cuts_in_frames > before, timeout_s):
                raise TimeoutError(f"no frame came within {timeout_s} s")

    def rewrite(self, pairs):
        """From now on these are the pairs; with none the client hears what the server says."""
        self._rewrites[:] = pairs

    def wait_connections(self, count, timeout_s=60):
        """Waits until so many connections have been made since the beginning."""
        with self._changed:
            if not self._changed.wait_for(lambda: self.connections >= count, timeout_s):
                raise TimeoutError(f"{self.connections} connections within {timeout_s} s, expected {count}")

    def close(self):
        self._refusing = True
        _break((self._listener,))
        self.cut()
        self.resume()

    # -- threads --
    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            if self._refusing:
                _break((client,))
                continue
            try:
                server = socket.create_connection(self._target, 10)
            except OSError:
                _break((client,))
                continue
            server.settimeout(None)
            pair = (client, server)
            with self._changed:
                self._live.add(pair)
                self.connections += 1
                self._changed.notify_all()
            threading.Thread(target=self._to_server, args=(pair,), daemon=True).start()
            threading.Thread(target=self._to_client, args=(pair,), daemon=True).start()

    def _to_server(self, pair):
        client, server = pair
        self._pump(pair, client, lambda chunk: server.sendall(chunk))

    def _to_client(self, pair):
        client, server = pair
        frames, rewriter = Frames(), Rewriter(self._rewrites)

        def pass_on(chunk):
            middle = frames.inside_payload(chunk)
            with self._changed:
                cuts = self._cut_next_frame and middle is not None
                if cuts:
                    self._cut_next_frame = False
            if not cuts:
                client.sendall(rewriter.feed(chunk))
                with self._changed:
                    self.rewritten, rewriter.rewritten = self.rewritten + rewriter.rewritten, 0
                return
            client.sendall(chunk[:middle])
            # An orderly end of the TCP stream: half a frame is all that the client ever gets.
            client.shutdown(socket.SHUT_WR)
            with self._changed:
                self.cuts_in_frames += 1
                self._changed.notify_all()
            raise OSError("cut")
        self._pump(pair, server, pass_on)

    def _pump(self, pair, source, pass_on):
        try:
            while chunk := source.recv(CHUNK_BYTES_MAX):
                self._flowing.wait()
                pass_on(chunk)
        except OSError:
            pass
        with self._changed:
            is_last = pair in self._half_ended
            (self._half_ended.discard if is_last else self._half_ended.add)(pair)
            self._live.discard(pair)
        for end in pair:
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            if is_last:
                end.close()


def _break(sockets):
    """Ends connections so that the peer gets a reset."""
    for one in sockets:
        try:
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            one.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        one.close()
