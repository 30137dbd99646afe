// The bare cost of a transfer at one validator, part by part, on this machine and now: what a run's
// processor time is compared with. Nothing here waits for anybody but the disk.

import { createHash } from 'node:crypto'
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import blst from '@chainsafe/blst'
import { checkCosigners } from '../../../compute/crypto/check-cosigners.ts'
import { CohortKeys } from '../../../compute/crypto/cohort-keys.ts'
import { verifyEd25519Native } from '../../../compute/crypto/ed25519-native.ts'
import { GENESIS_KEYS_SEED } from '../../../compute/crypto/genesis-keys.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { KeyBook, keyBookPublicKeys } from '../../../compute/crypto/key-book.ts'
import { ROLLUP_CHECK_BATCH } from '../../../config/shard-limits.ts'
import { NODE_BYTES, PAIR_BYTES } from '../../../protocol/crypto/hash-pairs.ts'
import { COHORT_SIZE, ROOT_EVERY_MAX } from '../../../protocol/params.ts'
import { SIGNATURE_BYTES } from '../../../protocol/rollup/body-layout.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { readBody } from '../../../protocol/rollup/read-body.ts'
import { signersOfIndices } from '../../../protocol/rollup/signers.ts'
import { median } from '../../harness/bench-result.ts'
import type { BenchOptions } from '../../harness/options.ts'
import type { RawCost } from '../../harness/target.ts'
import { batchShape } from './generator/batch-shape.ts'
import { SenderBook } from './generator/sender-book.ts'
import { Submission } from './generator/submission.ts'
import { genesisShardState } from './replay.ts'

/** Of the batches measured, where no rate is given. */
const PER_SECOND = 300_000
const TIMES = 8
const ROOT_TIMES = 3
/** As many as the sequencer checks at once. */
const SENDERS_CHECKED = ROLLUP_CHECK_BATCH
const BALANCE = 10n ** 11n
const OWNER = `0x${'00'.repeat(20)}` as const
const DIGEST = new Uint8Array(32).fill(1)

/** Median of microseconds a transfer. */
function timed(transfers: number, run: () => void): number {
  const us: number[] = []
  for (let i = 0; i < TIMES; i++) {
    const before = performance.now()
    run()
    us.push(((performance.now() - before) * 1000) / transfers)
  }
  return median(us)
}

function signatureCosts(count: number, sums: BenchOptions['sums']) {
  const cohorts = Math.max(1, Math.ceil(count / COHORT_SIZE))
  const keys = keyBookPublicKeys(GENESIS_KEYS_SEED, cohorts * COHORT_SIZE)
  const book = new KeyBook(GENESIS_KEYS_SEED, keys)
  const all = Uint32Array.from({ length: count }, (_, i) => i)
  const signature = book.cosign(all, DIGEST)
  const signers = signersOfIndices(all)
  const held = new CohortKeys(book, { sums })
  if (!held.verify(signers, DIGEST, signature)) throw new Error('the aggregate does not hold')
  const aggregate = timed(count, () => held.verify(signers, DIGEST, signature))
  // The bare primitives: one pairing for the batch, and every key added to the sum.
  const first = signersOfIndices(Uint32Array.of(0))
  const alone = book.cosign(Uint32Array.of(0), DIGEST)
  const pairing = timed(count, () => held.verify(first, DIGEST, alone))
  const anew = new CohortKeys(book, { sums: 'fresh' })
  const keySums = timed(count, () => anew.verify(signers, DIGEST, signature)) - pairing
  const one = book.signTransfer(0, DIGEST)
  const key = book.spendKeyOf(0) as Uint8Array
  const ordinary = timed(100, () => {
    for (let i = 0; i < 100; i++) verifyEd25519Native(key, DIGEST, one)
  })
  return { aggregate, pairing, keySums, ordinary }
}

/** What an honest sequencer pays for each sender that speaks for itself; µs of one core. */
function senderCosts() {
  const book = new KeyBook(GENESIS_KEYS_SEED, keyBookPublicKeys(GENESIS_KEYS_SEED, SENDERS_CHECKED))
  const all = Uint32Array.from({ length: SENDERS_CHECKED }, (_, i) => i)
  const signatures = book.cosignEach(all, DIGEST)
  const at = (i: number) => signatures.subarray(96 * i, 96 * i + 96)
  const objects = Array.from(all, (i) => blst.PublicKey.fromBytes(book.keyOf(i) as Uint8Array))
  const keys = Buffer.concat(Array.from(all, (i) => book.keyOf(i) as Uint8Array))
  const check = () => checkCosigners({ keys, digest: DIGEST, signatures })
  if (check().bad.length > 0) throw new Error('a good co-signature does not hold')
  const each = timed(SENDERS_CHECKED, check)
  const some = Array.from(all).slice(0, 16)
  const alone = timed(some.length, () => {
    for (const i of some) {
      const signature = blst.Signature.fromBytes(at(i))
      blst.verify(DIGEST, objects[i] as blst.PublicKey, signature, false, true)
    }
  })
  const list = Array.from(all, at)
  const read = timed(SENDERS_CHECKED, () => blst.aggregateSerializedSignatures(list, false))
  return { each, alone, read }
}

/** Roots are stated once in ROOT_EVERY_MAX batches, so that is how often they are made here. */
function stateCosts(count: number, accounts: number) {
  const config = { shards: 1, accounts, locks: 0, balance: BALANCE, owner: OWNER }
  const state = genesisShardState(config)
  const ports = executionPorts(hashPairsNative)
  const senders = new SenderBook(accounts)
  const signature = new Uint8Array(SIGNATURE_BYTES).fill(1)
  const facts = { fee: 0, feeAccount: 0, inbox: [], parcels: [] }
  const [reads, executions, roots]: [number[], number[], number[]] = [[], [], []]
  let bytes: Uint8Array = new Uint8Array(0)
  for (let i = 1; i <= ROOT_TIMES * ROOT_EVERY_MAX; i++) {
    const first = senders.next(count)
    bytes = new Submission({ first, count, accounts, seed: i }).sealed(i, signature)
    const before = performance.now()
    const found = readBody(bytes)
    if (!found.ok) throw new Error(found.code)
    const start = performance.now()
    const batch = { ...facts, firstEntry: state.entries + 1, body: found.body }
    const done = executeBatch(state, batch, ports)
    if (!done.ok) throw new Error(done.code)
    const end = performance.now()
    reads.push(start - before)
    executions.push(end - start)
    if (i % ROOT_EVERY_MAX !== 0) continue
    state.root(hashPairsNative)
    roots.push((performance.now() - end) / ROOT_EVERY_MAX)
  }
  const each = (values: number[]) => (median(values) * 1000) / count
  const bodyHash = timed(count, () => createHash('sha256').update(bytes).digest())
  return { read: each(reads), execute: each(executions), root: each(roots), bodyHash, bytes }
}

/** A tree over as many leaves as transfers: hashing alone. */
function treeHashing(count: number): number {
  const pairs = new Uint8Array(count * PAIR_BYTES)
  const nodes = new Uint8Array(count * NODE_BYTES)
  return timed(count, () => hashPairsNative(pairs, nodes))
}

/** Waiting for the disk costs no processor time; it is listed, not added up. */
function diskCosts(bytes: Uint8Array, count: number): number {
  const folder = mkdtempSync(join(tmpdir(), 'aitbc-raw-'))
  const file = openSync(join(folder, 'log'), 'w')
  try {
    return timed(count, () => {
      writeSync(file, bytes)
      fdatasyncSync(file)
    })
  } finally {
    closeSync(file)
    rmSync(folder, { recursive: true })
  }
}

export async function rawRollup(options: BenchOptions): Promise<RawCost> {
  const { validators, sums, absent, offered = PER_SECOND } = options
  const accounts = Math.max(COHORT_SIZE, options.accounts)
  const { transfers } = batchShape(offered, accounts)
  const { aggregate, pairing, keySums, ordinary } = signatureCosts(transfers, sums)
  const { read, execute, root, bodyHash, bytes } = stateCosts(transfers, accounts)
  const disk = diskCosts(bytes, transfers)
  const stragglers = (ordinary * absent) / 100
  const each = aggregate + stragglers + read + execute + root + bodyHash
  const senders = options.senders === 'checked' ? senderCosts() : undefined
  const honest = senders ? ordinary + senders.each : 0
  const cores = availableParallelism()
  const us = (value: number) => Math.round(value * 1000) / 1000
  return {
    what: `distilled transfers that ${cores} cores allow for ${validators} validators${senders ? ' and a sequencer that checks every sender,' : ''} that do nothing else`,
    allowedPerSecond: (cores * 1e6) / (validators * each + honest),
    figures: {
      batch_transfers: transfers,
      us_aggregate_check: us(aggregate),
      us_bare_pairing: us(pairing),
      us_bare_key_sums: us(keySums),
      us_ordinary_signatures: us(stragglers),
      ...(senders && {
        us_each_sender_ordinary: us(ordinary),
        us_each_sender_cosignature: us(senders.each),
        us_bare_cosignature_alone: us(senders.alone),
        us_bare_cosignature_read_and_added: us(senders.read),
        us_honest_sequencer: us(honest),
      }),
      us_read_body: us(read),
      us_execute: us(execute),
      us_state_root: us(root),
      us_body_hash: us(bodyHash),
      us_bare_tree_hashing: us(treeHashing(transfers)),
      us_per_validator: us(each),
      us_disk_write_and_sync: us(disk),
      bytes_body_per_transfer: us(bytes.length / transfers),
      bytes_to_validators_per_transfer: us(((validators - 1) * bytes.length) / transfers),
    },
  }
}
