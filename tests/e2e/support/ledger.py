"""What a shard has to hold after each block: a model that reads the chain's blocks beside the worker.

Whoever submits a call says first what it has to do. The model applies that when it meets the call in a block, the first time
only, and keeps what came out after each block, so that an answer of the worker can be compared with exactly its block.
"""
import copy
import threading

from .scale import blake2_256

EXECUTED, FAILED = "executed", "failed"


class Shard:
    """Nonces, free balances and counters by account."""

    def __init__(self):
        self.nonces, self.balances, self.counters = {}, {}, {}

    def of(self, account):
        """(nonce, free balance, counter) of an account."""
        return self.nonces.get(account, 0), self.balances.get(account, 0), self.counters.get(account, 0)

    # -- what calls do --
    def shield(self, account, amount):
        self.balances[account] = self.balances.get(account, 0) + amount

    def call(self, sender, debit=0, to=None, count=0):
        """A call that runs: raises the nonce, takes `debit` (and gives it to an account of the shard), counts."""
        self.nonces[sender] = self.nonces.get(sender, 0) + 1
        self.balances[sender] = self.balances.get(sender, 0) - debit
        self.counters[sender] = self.counters.get(sender, 0) + count
        if to is not None:
            self.shield(to, debit)


class Expected:
    """A submitted call: the status hash, how it has to end, and what it does to the shard."""

    def __init__(self, status_hash, status, effect):
        self.status_hash = status_hash
        self.status = status
        self.effect = effect
        self.block = None  # the block that holds it


class Ledger:
    """The model of one shard from the block after `since` on. One thread may submit while another one reads."""

    def __init__(self, chain, since):
        self._chain = chain
        self._lock = threading.Lock()
        self._expected = {}
        self._shard = Shard()
        self._after = {since: self._shard}
        self._last = since
        self.decided = []  # calls that are in blocks, in order
        self.blocks_with_calls = set()

    def expect(self, call, status_hash, status, effect=lambda shard: None):
        """Says what the extrinsic call `call` has to do when a block holds it; the hash is None for what has no status."""
        expected = Expected(status_hash, status, effect)
        with self._lock:
            self._expected[blake2_256(call)] = expected
        return expected

    def waiting(self):
        """How many submitted calls no block holds yet."""
        with self._lock:
            return len(self._expected) - len(self.decided)

    def read_to(self, number, look=lambda number, block_hash, extrinsics: None):
        """Reads the blocks up to `number`; `look` sees each of them too."""
        while self._last < number:
            block = self._last + 1
            block_hash, extrinsics = self._chain.block(block)
            with self._lock:
                self._apply(block, extrinsics)
            look(block, block_hash, extrinsics)

    def _apply(self, number, extrinsics):
        found = [self._expected[key] for one in extrinsics if (key := blake2_256(one.call)) in self._expected]
        if found:
            self._shard = copy.deepcopy(self._shard)
            self.blocks_with_calls.add(number)
        for one in found:
            if one.block is None:  # another one is a replay
                one.block = number
                one.effect(self._shard)
                self.decided.append(one)
        self._after[number] = self._shard
        self._last = number

    def after(self, number):
        """The shard after a block that was read."""
        return self._after[number]
