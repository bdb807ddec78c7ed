"""Calls without end: several users' encrypted calls, good and bad, submitted while blocks come and known to a ledger."""
import os
import threading

from .chain import Chain, invoke_call, shield_call
from .crypto import rsa_oaep_encrypt
from .ledger import EXECUTED, FAILED
from .scale import blake2_256
from .trusted import balance_transfer, balance_unshield, counter_add, signed_operation
from .websocket import JsonRpc

UNIT = 10**12
MORE_THAN_ALL = 10**30
# Of each kind so many in a hundred.
KINDS = {"count": 30, "transfer": 25, "unshield": 10, "overdrawn": 10, "replay": 8, "forged": 7, "garbage": 5, "shield": 5}
PAYERS_IN_TURN = ("//Alice", "//Bob")


class Load(threading.Thread):
    """Submits up to `calls_max` calls after each block. The calls of a user keep their order."""

    def __init__(self, chain_url, ledger, users, shielding_key, fingerprint, shard, choose, calls_max):
        super().__init__(daemon=True)
        self.ledger, self.users, self.fingerprint, self.shard = ledger, users, fingerprint, shard
        self.payouts = []  # (beneficiary, amount), a beneficiary for each
        self.kinds = dict.fromkeys(KINDS, 0)
        self.failure = None
        self._modulus, self._exponent = shielding_key
        self._choose, self._calls_max = choose, calls_max
        self._chain = Chain(chain_url)
        self._heads = JsonRpc.connect(chain_url)
        self._nonces = [0] * len(users)
        self._good = []  # invocations that run, and what is expected of them
        self._stopping = threading.Event()

    def shield(self, number, amount):
        """Submits a shielding for a user."""
        account = self.users[number].public
        call = shield_call(self.shard, self._encrypt(account), amount)
        self.ledger.expect(call, None, EXECUTED, lambda shard: shard.shield(account, amount))
        self._chain.send("//Alice", call)

    def run(self):
        try:
            self._heads.call("chain_subscribeFinalizedHeads")
            while not self._stopping.is_set():
                self._heads.next_notification()
                for _ in range(self._choose.randint(0, self._calls_max)):
                    kind = self._choose.choices(list(KINDS), KINDS.values())[0]
                    self._submit(kind, self._choose.randrange(len(self.users)))
        except Exception as error:  # told by finish()
            self.failure = error
        finally:
            self._heads.close()
            self._chain.close()

    def finish(self):
        """Ends it; raises what went wrong in it."""
        self._stopping.set()
        self.join()
        if self.failure is not None:
            raise self.failure

    def _encrypt(self, plaintext):
        return rsa_oaep_encrypt(self._modulus, self._exponent, plaintext)

    def _submit(self, kind, number):
        key = self.users[number]
        me = key.public
        if kind == "shield":
            self.shield(number, self._choose.randint(1, 9) * UNIT)
        elif kind == "garbage":
            piece = os.urandom(384)
            self._invoke(number, piece, blake2_256(piece), FAILED)
        elif kind == "forged":
            self._sign(number, counter_add(me, 1), FAILED, signature=os.urandom(64))
        elif kind == "overdrawn":
            self._sign(number, balance_transfer(me, self._another(number), MORE_THAN_ALL), FAILED, lambda shard: shard.call(me))
        elif kind == "count":
            amount = self._choose.randint(1, 9)
            self._sign(number, counter_add(me, amount), EXECUTED, lambda shard: shard.call(me, count=amount))
        elif kind == "transfer":
            amount, to = self._choose.randint(1, UNIT), self._another(number)
            self._sign(number, balance_transfer(me, to, amount), EXECUTED, lambda shard: shard.call(me, debit=amount, to=to))
        elif kind == "unshield":
            amount, to = UNIT + len(self.payouts), blake2_256(b"beneficiary %d" % len(self.payouts))
            self.payouts.append((to, amount))
            call = balance_unshield(me, to, amount, self.shard)
            self._sign(number, call, EXECUTED, lambda shard: shard.call(me, debit=amount))
        elif not self._replay():
            return
        self.kinds[kind] += 1

    def _another(self, number):
        return self.users[(number + self._choose.randrange(1, len(self.users))) % len(self.users)].public

    def _sign(self, number, call, status, effect=lambda shard: None, signature=None):
        operation = signed_operation(self.users[number], call, self._nonces[number], self.fingerprint, self.shard, signature)
        self._invoke(number, self._encrypt(operation), blake2_256(operation), status, effect)
        self._nonces[number] += signature is None

    def _invoke(self, number, ciphertext, status_hash, status, effect=lambda shard: None):
        call = invoke_call(self.shard, ciphertext)
        expected = self.ledger.expect(call, status_hash, status, effect)
        if status == EXECUTED:
            self._good.append((call, expected))
        self._chain.send(PAYERS_IN_TURN[number % len(PAYERS_IN_TURN)], call)

    def _replay(self):
        """Submits again what a block has held already; False when there is nothing yet."""
        included = [call for call, expected in self._good[-100:] if expected.block is not None]
        if included:
            self._chain.send(self._choose.choice(PAYERS_IN_TURN), self._choose.choice(included))
        return bool(included)
