#!/usr/bin/env python3
"""The stock JS client of the original, unchanged, against the trusted endpoint alone (endpoint_server, fixed answers)."""
import json
import socket
import ssl
import subprocess
import unittest

from support import material, npm_folder, suite
from support.process import Process

START_SECONDS_MAX, SCRIPT_SECONDS_MAX = 120, 180

# What endpoint_server answers.
NONCE, BALANCE = 7, "1000000000000"
SHARD = "US517G5965aydkZ46HS38QLi7UQiSojurfbQfKCELFx"  # base58 of 32 bytes 0x07
MRENCLAVE = "cGfHiC6Kgg3FpFZvgwGcswsCRtp4aBP2fzuXRQPizuN"  # base58 of 32 bytes 0x09


class JsClientEndpoint(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.client = npm_folder.installed_client("js-client")
        cls.server = Process("endpoint_server", [material.program("endpoint_server")], suite.work_dir() / "endpoint_server.log")
        cls.port = int(cls.server.lines[cls.server.wait_line(str.isdigit, START_SECONDS_MAX)])

    @classmethod
    def tearDownClass(cls):
        cls.server.kill()

    def getters(self, *arguments):
        done = subprocess.run(["node", "getters.mjs", f"wss://127.0.0.1:{self.port}", *arguments], cwd=self.client,
                              capture_output=True, text=True, timeout=SCRIPT_SECONDS_MAX)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return json.loads(done.stdout)

    def test_gets_key_nonce_and_balance(self):
        answer = self.getters(SHARD, MRENCLAVE)
        self.assertEqual(answer["shielding_key"], {"algorithm": "RSA-OAEP", "bits": 3072})
        self.assertEqual(answer["nonce"], NONCE)
        self.assertEqual(answer["balance"], BALANCE)

    def test_reads_refusals_as_errors(self):
        answer = self.getters(SHARD, MRENCLAVE, "--refusals")
        self.assertIn("no vault", answer["shard_vault"])
        self.assertIn("EnclaveBridge.invoke", answer["submission"])

    def test_learns_shard_and_fingerprint_from_the_worker(self):
        answer = self.getters()
        self.assertEqual((answer["shard"], answer["mrenclave"]), (SHARD, MRENCLAVE))

    def test_presents_the_certificate_that_the_client_can_verify(self):
        """OpenSSL's own tool as the judge: name, validity and key of both certificates."""
        for algorithms, key in (("ECDSA+SHA256", "id-ecPublicKey"), ("ed25519", "ED25519")):
            done = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{self.port}", "-sigalgs", algorithms],
                                  stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=SCRIPT_SECONDS_MAX)
            text = subprocess.run(["openssl", "x509", "-noout", "-text"], input=done.stdout, capture_output=True, text=True,
                                  timeout=SCRIPT_SECONDS_MAX).stdout
            for part in (f"Public Key Algorithm: {key}", "O = Redoubt", "CN = " + "09" * 32,
                         "DNS:Enclave, DNS:localhost, IP Address:127.0.0.1", "Not After : Jan  1 00:00:00 4096 GMT"):
                self.assertIn(part, text)

    def test_says_why_a_message_is_too_large(self):
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection = context.wrap_socket(socket.create_connection(("127.0.0.1", self.port), 30))
        self.addCleanup(connection.close)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                           b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n")
        self.assertTrue(connection.recv(4096).startswith(b"HTTP/1.1 101 "))
        connection.sendall(b"\x81\xff" + (6_000_000).to_bytes(8, "big") + b"\0\0\0\0" + b"a" * 100_000)
        received = b""
        while chunk := connection.recv(4096):
            received += chunk
        self.assertEqual(received[2:4], (1009).to_bytes(2, "big"))
        self.assertIn(b"5 MiB", received)


if __name__ == "__main__":
    suite.main("js", "endpoint_server")
