// P06's peer: the state root over ENTRIES accounts by chopsticks-executor, CPU microseconds and root on stdout.
// Keys and values are those of bench/trie_bench.cpp.
import { createRequire } from 'node:module';

const require = createRequire(process.env.REDOUBT_PEER_MODULES ? `${process.env.REDOUBT_PEER_MODULES}/` : import.meta.url);
const { calculate_state_root: stateRoot } = require('@acala-network/chopsticks-executor');
const { blake2AsU8a } = require('@polkadot/util-crypto');
const { u8aConcat, u8aToHex } = require('@polkadot/util');

const ENTRIES = Number(process.argv[2] ?? 100_000);
const STATE_VERSION = 1;
const ROUNDS = 3;

const prefix = Uint8Array.from(Buffer.from('26aa394eea5630e07c48ae0c9558cef7b99d880ec681799c0cf30e8886371da9', 'hex'));
const entries = [];
for (let i = 0; i < ENTRIES; ++i) {
  const number = new Uint8Array(8);
  new DataView(number.buffer).setBigUint64(0, BigInt(i), true);
  const account = blake2AsU8a(number, 256);
  const value = new Uint8Array(80);
  value.set(number, 16);
  entries.push([u8aToHex(u8aConcat(prefix, account.subarray(0, 16), account)), u8aToHex(value)]);
}
entries.sort(([a], [b]) => (a < b ? -1 : 1));

const times = [];
let root;
for (let round = 0; round < ROUNDS; ++round) {
  const before = process.cpuUsage();
  root = await stateRoot(entries, STATE_VERSION);
  const used = process.cpuUsage(before);
  times.push(used.user + used.system);
}
times.sort((a, b) => a - b);
console.log(JSON.stringify({ us: times[Math.floor(ROUNDS / 2)], root: typeof root === 'string' ? root : root.hash ?? root[0] }));
