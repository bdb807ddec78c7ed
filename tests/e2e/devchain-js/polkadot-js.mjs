// @polkadot/api, unchanged: connects, submits, watches, and decodes every block and event.
// Usage: node polkadot-js.mjs ws://127.0.0.1:PORT; prints one JSON object of what it saw.
import assert from 'node:assert/strict';
import { ApiPromise, Keyring, WsProvider } from '@polkadot/api';

const UNIT = 1_000_000_000_000n;
const provider = new WsProvider(process.argv[2], false);
provider.on('error', () => undefined);
await provider.connect();
const api = await ApiPromise.create({ provider, noInitWarn: true, throwOnConnect: true });
const keyring = new Keyring({ type: 'sr25519' });
const alice = keyring.addFromUri('//Alice');
const stranger = keyring.addFromUri('//Stranger');

/** Submits and waits for the end; gives the statuses and the events of the block it was finalized in. */
function submit(call, options = {}) {
  const statuses = [];
  return new Promise((resolve, reject) => {
    call.signAndSend(alice, options, (result) => {
      statuses.push(result.status.type);
      if (result.status.isFinalized) {
        resolve({ statuses, events: result.events, dispatchError: result.dispatchError, index: result.txIndex });
      } else if (result.isError) {
        reject(new Error(`ended as ${result.status.type}`));
      }
    }).catch(reject);
  });
}
const names = (events) => events.map(({ event }) => `${event.section}.${event.method}`);

async function checkChain() {
  const [chain, name, properties, methods] = await Promise.all([
    api.rpc.system.chain(), api.rpc.system.name(), api.rpc.system.properties(), api.rpc.rpc.methods()]);
  assert.equal(api.genesisHash.toHex(), (await api.rpc.chain.getBlockHash(0)).toHex());
  assert.equal(properties.ss58Format.unwrap().toNumber(), 42);
  for (const pallet of ['system', 'timestamp', 'balances', 'sudo', 'utility', 'teerex', 'sidechain', 'enclaveBridge']) {
    assert.ok(api.tx[pallet] || api.query[pallet], `pallet ${pallet} is missing`);
  }
  const health = await api.rpc.system.health();
  assert.equal(health.isSyncing.isTrue, false);
  return { chain: chain.toString(), name: name.toString(), methods: methods.methods.length };
}

async function checkTransfers() {
  // With finality two blocks behind, a transaction is seen in a block before it is final.
  await provider.send('dev_setFinality', [null, 2]);
  const call = api.tx.balances.transferKeepAlive(stranger.address, 5n * UNIT);
  const fee = (await call.paymentInfo(alice)).partialFee.toBigInt();
  assert.ok(fee > 0n);
  const before = (await api.query.system.account(alice.address)).data.free.toBigInt();
  const done = await submit(call);
  assert.ok(done.statuses.includes('Ready') && done.statuses.includes('InBlock'), done.statuses.join());
  assert.ok(names(done.events).includes('balances.Transfer'), names(done.events).join());
  assert.ok(names(done.events).includes('system.ExtrinsicSuccess'));
  assert.equal(done.dispatchError, undefined);
  assert.equal((await api.query.system.account(stranger.address)).data.free.toBigInt(), 5n * UNIT);
  const after = (await api.query.system.account(alice.address)).data.free.toBigInt();
  assert.equal(before - after, 5n * UNIT + fee);
  return done.statuses;
}

async function checkFailures() {
  const broken = await submit(api.tx.balances.forceTransfer(alice.address, stranger.address, UNIT));
  assert.ok(broken.dispatchError, 'a call without permission succeeded');
  assert.equal(broken.dispatchError.type, 'BadOrigin');
  await assert.rejects(
    api.tx.balances.transferKeepAlive(alice.address, 1).signAndSend(stranger, { nonce: 0, tip: 10n ** 30n }),
    /1010: Invalid Transaction/);
}

async function checkBatch() {
  const done = await submit(api.tx.utility.batchAll([
    api.tx.system.remark('0x01'), api.tx.balances.transferAllowDeath(stranger.address, UNIT)]));
  assert.ok(names(done.events).includes('utility.BatchCompleted'), names(done.events).join());
  const immortal = await submit(api.tx.system.remarkWithEvent('0x0203'), { era: 0, tip: 7 });
  assert.ok(names(immortal.events).includes('system.Remarked'), names(immortal.events).join());
}

async function checkState() {
  const best = await api.rpc.chain.getBlockHash();
  const key = api.query.system.account.key(alice.address);
  const proof = await api.rpc.state.getReadProof([key], best);
  assert.ok(proof.proof.length > 1);
  assert.ok((await api.query.system.account.entries()).length >= 12);
  assert.ok((await api.query.system.account.keysPaged({ args: [], pageSize: 5 })).length === 5);
  const round = await api.rpc.grandpa.roundState();
  assert.ok(round.best.thresholdWeight.toNumber() > 0);
  assert.equal((await api.rpc.system.accountNextIndex(alice.address)).toNumber(),
    (await api.query.system.account(alice.address)).nonce.toNumber());
  assert.equal((await api.call.core.version()).specVersion.toNumber(), api.runtimeVersion.specVersion.toNumber());
  for (const version of [14, 15]) {
    const metadata = await api.call.metadata.metadataAtVersion(version);
    assert.ok(metadata.isSome, `metadata ${version}`);
  }
}

/** Subscriptions: heads of both kinds, and one storage item. */
async function checkSubscriptions() {
  const seen = { heads: 0, finalized: 0, values: [] };
  const enough = () => seen.heads >= 2 && seen.finalized >= 2 && seen.values.length >= 2;
  await new Promise((resolve, reject) => {
    const check = () => { if (enough()) resolve(); };
    Promise.all([
      api.rpc.chain.subscribeNewHeads(() => { seen.heads += 1; check(); }),
      api.rpc.chain.subscribeFinalizedHeads(() => { seen.finalized += 1; check(); }),
      api.query.system.account(stranger.address, (account) => {
        seen.values.push(account.data.free.toBigInt());
        check();
      }),
    ]).then(async (unsubscribe) => {
      await submit(api.tx.balances.transferKeepAlive(stranger.address, UNIT));
      await submit(api.tx.balances.transferKeepAlive(stranger.address, UNIT));
      for (const each of unsubscribe) each();
    }).catch(reject);
  });
  assert.equal(seen.values[1] - seen.values[0], UNIT);
}

/** Every extrinsic and event of every block, in words. */
async function decodeEverything() {
  const best = (await api.rpc.chain.getHeader()).number.toNumber();
  let extrinsics = 0;
  let events = 0;
  for (let number = 0; number <= best; number += 1) {
    const hash = await api.rpc.chain.getBlockHash(number);
    const { block } = await api.rpc.chain.getBlock(hash);
    assert.equal(block.header.hash.toHex(), hash.toHex(), `hash of block ${number}`);
    for (const extrinsic of block.extrinsics) {
      assert.ok(extrinsic.method.section && extrinsic.method.method);
      extrinsic.method.toHuman();
      extrinsics += 1;
    }
    for (const { event } of await (await api.at(hash)).query.system.events()) {
      assert.ok(event.section && event.method);
      event.toHuman();
      events += 1;
    }
  }
  return { blocks: best + 1, extrinsics, events };
}

const report = await checkChain();
report.statuses = await checkTransfers();
await checkFailures();
await checkBatch();
await checkState();
await checkSubscriptions();
Object.assign(report, await decodeEverything());
console.log(JSON.stringify(report));
await api.disconnect();
process.exit(0);
