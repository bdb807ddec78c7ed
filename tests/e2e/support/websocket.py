"""A small WebSocket client (RFC 6455) and JSON-RPC on it: independent of the project's own code."""
import base64
import hashlib
import json
import os
import socket
import struct
import urllib.parse

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
# For one answer over the network of this machine.
ANSWER_SECONDS_MAX = 120
HANDSHAKE_GUID = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class WebSocketError(Exception):
    """The peer closed, or did not speak WebSocket."""


class WebSocket:
    """One connection. `tls` is an ssl.SSLContext for wss."""

    def __init__(self, url, tls=None, timeout_s=ANSWER_SECONDS_MAX):
        parts = urllib.parse.urlsplit(url)
        self.socket = socket.create_connection((parts.hostname, parts.port), timeout_s)
        if parts.scheme == "wss":
            self.socket = tls.wrap_socket(self.socket, server_hostname=parts.hostname)
        self._buffer = b""
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET {parts.path or '/'} HTTP/1.1\r\nHost: {parts.netloc}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n\r\n").encode())
        while b"\r\n\r\n" not in self._buffer:
            self._fill()
        head, self._buffer = self._buffer.split(b"\r\n\r\n", 1)
        expected = base64.b64encode(hashlib.sha1((key + HANDSHAKE_GUID).encode()).digest()).decode()
        if not head.startswith(b"HTTP/1.1 101") or f"sec-websocket-accept: {expected}".lower() not in head.decode().lower():
            raise WebSocketError(f"no upgrade: {head[:200]!r}")

    def _fill(self):
        chunk = self.socket.recv(65536)
        if not chunk:
            raise WebSocketError("the peer closed the connection")
        self._buffer += chunk

    def _take(self, size):
        while len(self._buffer) < size:
            self._fill()
        taken, self._buffer = self._buffer[:size], self._buffer[size:]
        return taken

    def send(self, payload, opcode=TEXT, final=True):
        """Sends one masked frame."""
        body = payload.encode() if isinstance(payload, str) else payload
        size = len(body)
        head = bytes([(0x80 if final else 0) | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        mask = os.urandom(4)
        whole = (mask * (size // 4 + 1))[:size]
        masked = (int.from_bytes(body, "big") ^ int.from_bytes(whole, "big")).to_bytes(size, "big")
        self.socket.sendall(head + mask + masked)

    def receive(self, timeout_s=ANSWER_SECONDS_MAX):
        """The next message as bytes; answers pings, raises when the peer closes."""
        self.socket.settimeout(timeout_s)
        message = b""
        while True:
            first, second = self._take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self._take(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._take(8))[0]
            payload = self._take(size)
            opcode = first & 0x0F
            if opcode == PING:
                self.send(payload, PONG)
            elif opcode == CLOSE:
                raise WebSocketError(f"closed by the peer: {payload!r}")
            elif opcode != PONG:
                message += payload
                if first & 0x80:
                    return message

    def close(self):
        self.socket.close()


class RpcError(Exception):
    """A JSON-RPC error object."""


class JsonRpc:
    """Calls answered one at a time; notifications that come in between are kept."""

    def __init__(self, websocket):
        self.websocket = websocket
        self.notifications = []
        self._last_id = 0

    @classmethod
    def connect(cls, url, tls=None):
        return cls(WebSocket(url, tls))

    def call(self, method, *params, timeout_s=ANSWER_SECONDS_MAX):
        self._last_id += 1
        self.websocket.send(json.dumps({"jsonrpc": "2.0", "id": self._last_id, "method": method, "params": list(params)}))
        while True:
            message = json.loads(self.websocket.receive(timeout_s))
            if message.get("id") == self._last_id and "method" not in message:
                if "error" in message:
                    raise RpcError(message["error"])
                return message["result"]
            self.notifications.append(message)

    def batch(self, calls, timeout_s=ANSWER_SECONDS_MAX):
        """The results of several (method, params) that are asked in one message, in order; they are answered together."""
        ids = range(self._last_id + 1, self._last_id + 1 + len(calls))
        self._last_id += len(calls)
        self.websocket.send(json.dumps([{"jsonrpc": "2.0", "id": number, "method": method, "params": list(params)}
                                        for number, (method, params) in zip(ids, calls)]))
        answers = json.loads(self.websocket.receive(timeout_s))
        if not isinstance(answers, list) or [answer["id"] for answer in answers] != list(ids):
            raise RpcError(answers)
        for answer in answers:
            if "error" in answer:
                raise RpcError(answer["error"])
        return [answer["result"] for answer in answers]

    def next_notification(self, timeout_s=ANSWER_SECONDS_MAX):
        if self.notifications:
            return self.notifications.pop(0)
        return json.loads(self.websocket.receive(timeout_s))

    def close(self):
        self.websocket.close()
