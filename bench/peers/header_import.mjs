// P04's peer: decodes 100,000 linked headers with @polkadot/types, hashes each and checks the link to its parent.
// Prints the CPU microseconds and the last hash. The headers are those of bench/grandpa_bench.cpp.
import { createRequire } from 'node:module';

const require = createRequire(process.env.REDOUBT_PEER_MODULES ? `${process.env.REDOUBT_PEER_MODULES}/` : import.meta.url);
const { TypeRegistry } = require('@polkadot/types');
const { bnToU8a, compactToU8a, stringToU8a, u8aConcat, u8aToHex } = require('@polkadot/util');
const { blake2AsU8a, cryptoWaitReady } = require('@polkadot/util-crypto');

const HEADERS = 100_000;

await cryptoWaitReady();

const sized = (bytes) => u8aConcat(compactToU8a(bytes.length), bytes);
const digest = u8aConcat(
  compactToU8a(2),
  new Uint8Array([6]), stringToU8a('BABE'), sized(new Uint8Array(109).fill(0x22)),
  new Uint8Array([5]), stringToU8a('BABE'), sized(new Uint8Array(64).fill(0x33)));
const extrinsicsRoot = new Uint8Array(32).fill(0x11);

const headers = [];
let parent = new Uint8Array(32);
for (let number = 1; number <= HEADERS; number++) {
  const stateRoot = new Uint8Array(32);
  stateRoot.set(bnToU8a(number, { bitLength: 32, isLe: true }));
  const bytes = u8aConcat(parent, compactToU8a(number), stateRoot, extrinsicsRoot, digest);
  headers.push(bytes);
  parent = blake2AsU8a(bytes, 256);
}

const registry = new TypeRegistry();
function follow(count) {
  let hash = new Uint8Array(32);
  for (let i = 0; i < count; i++) {
    const header = registry.createType('Header', headers[i]);
    if (!header.parentHash.eq(hash) || header.number.toNumber() !== i + 1) {
      throw new Error('a header does not follow the one before it');
    }
    hash = header.hash;
  }
  return hash;
}

follow(HEADERS / 20);
const before = process.cpuUsage();
const last = follow(HEADERS);
const used = process.cpuUsage(before);
console.log(JSON.stringify({ cpu_us: used.user + used.system, last: u8aToHex(last) }));
