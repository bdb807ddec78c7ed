// The figures of bench/metadata_bench.cpp with @polkadot/types: microseconds of CPU time per decode, one JSON line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const require = createRequire(process.env.REDOUBT_PEER_MODULES ? `${process.env.REDOUBT_PEER_MODULES}/` : import.meta.url);
const { TypeRegistry, Metadata } = require('@polkadot/types');
const { compactToU8a, hexToU8a, u8aConcat } = require('@polkadot/util');

const kEventCopies = 8;
const folder = `${process.env.REDOUBT_SHARED ?? '../shared'}/vectors/chainspec`;
const metadataHex = readFileSync(`${folder}/integritee-paseo-50.metadata-v14.hex`, 'utf8').trim();
const transcript = JSON.parse(readFileSync(`${folder}/teerex-paseo50-transcript.json`, 'utf8'));

const records = [];
for (let copy = 0; copy < kEventCopies; ++copy) {
  for (const one of transcript) {
    for (const event of one.events ?? []) {
      records.push(u8aConcat(new Uint8Array([0, 2, 0, 0, 0]), hexToU8a(event.scale), new Uint8Array([0])));
    }
  }
}
const events = u8aConcat(compactToU8a(records.length), ...records);

function microseconds(rounds, work) {
  work();
  const times = [];
  for (let round = 0; round < rounds; ++round) {
    const start = process.cpuUsage();
    work();
    const used = process.cpuUsage(start);
    times.push(used.user + used.system);
  }
  times.sort((a, b) => a - b);
  return Math.round(times[Math.floor(times.length / 2)]);
}

function decodeMetadata() {
  const registry = new TypeRegistry();
  const metadata = new Metadata(registry, metadataHex.startsWith('0x') ? metadataHex : `0x${metadataHex}`);
  registry.setMetadata(metadata);
  return registry;
}

const registry = decodeMetadata();
const decodeEvents = () => registry.createType('Vec<EventRecord>', events);
if (decodeEvents().length !== records.length) {
  throw new Error('the peer read other events');
}
console.log(JSON.stringify({
  peer: '@polkadot/types',
  decode_metadata_us: microseconds(9, decodeMetadata),
  decode_events_us: microseconds(15, decodeEvents),
  events: records.length,
}));
