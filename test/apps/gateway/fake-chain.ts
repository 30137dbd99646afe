// A chain of a few blocks in memory that a test can grow, and whose answers it can make fail: for
// what the gateway does by itself, without waiting for consensus.

import { STARTING } from '../../../actors/validator/status-of.ts'
import type { EdgeTrace } from '../../../apps/edge/edge-trace.ts'
import {
  type ChainAccess,
  ChainUnavailable,
  type Head,
  type StoredBlockRow,
} from '../../../apps/gateway/chain-access.ts'
import type { RollupAccess } from '../../../apps/gateway/rollup/rollup-access.ts'
import { type Gateway, serveChain } from '../../../apps/gateway/start-gateway.ts'
import type { Hex } from '../../../lib/hex.ts'
import { encodeBlock, makeBlock } from '../../../protocol/block/block.ts'
import { encodeHeader } from '../../../protocol/block/header-codec.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { proveShare } from '../../../protocol/light/genesis-share.ts'
import { encodeReceipts } from '../../../protocol/state/tables.ts'
import { CHAIN_ID, testGenesis } from '../../protocol/chain-world.ts'
import { FakeRollup } from './fake-rollup.ts'

const EMPTY_ACCOUNT = {
  nonce: 3,
  balance: 10n ** 18n,
  storageRoot: `0x${'11'.repeat(32)}` as Hex,
  codeHash: `0x${'22'.repeat(32)}` as Hex,
}

/** A transaction that begins with it is accepted; no real one does. */
export const ACCEPTED = 0xaa

export class FakeChain implements ChainAccess {
  readonly rows: StoredBlockRow[] = []
  /** When set, everything that is asked fails with it. */
  broken: Error | undefined
  asked = 0
  checkpointHeight = 0
  private readonly genesis = testGenesis().block
  private waiters: (() => void)[] = []
  private stopped = false

  constructor() {
    this.grow()
  }

  /** One more empty block. */
  grow(): void {
    const height = this.rows.length
    const parentHash = this.rows.at(-1)?.hash ?? this.genesis.header.parentHash
    const header = { ...this.genesis.header, height, parentHash }
    const block = makeBlock(header, [], this.genesis.sidecar)
    this.rows.push({
      height,
      hash: block.hash,
      block: encodeBlock(block),
      receipts: encodeReceipts([]),
      certificate: new Uint8Array(0),
      finalAtMs: 1000 + height,
    })
    for (const wake of this.waiters.splice(0)) wake()
  }

  end(): void {
    this.stopped = true
    for (const wake of this.waiters.splice(0)) wake()
  }

  private answer<T>(value: T): Promise<T> {
    this.asked++
    return this.broken ? Promise.reject(this.broken) : Promise.resolve(value)
  }

  /** Blocks below this height are pruned. */
  oldest = 0

  head = () => {
    const { height, hash, finalAtMs } = this.rows.at(-1) as StoredBlockRow
    const genesisHash = this.rows[0]?.hash as Hex
    const header = encodeHeader({ ...this.genesis.header, height })
    const { checkpointHeight, oldest } = this
    const rest = { checkpointHeight, epochEnd: 0, oldest, modeReason: '' }
    return this.answer<Head>({ height, hash, genesisHash, header, finalAtMs, ...rest })
  }

  block = (height: number) => this.answer(this.rows[height])

  blocksAfter = async (height: number, max: number) => {
    while (this.rows.length <= height + 1 && !this.stopped && !this.broken) {
      await new Promise<void>((resolve) => this.waiters.push(resolve))
    }
    if (this.stopped) throw new ChainUnavailable('the chain has ended')
    return this.answer(this.rows.slice(height + 1, height + 1 + max))
  }

  heightOf = (hash: Hex) => this.answer(this.rows.find((row) => row.hash === hash)?.height)
  transactionAt = () => this.answer(undefined)
  account = () => this.answer(EMPTY_ACCOUNT)
  storage = () => this.answer(7n)
  proof: ChainAccess['proof'] = (_address, slots) => {
    const { height, hash } = this.rows.at(-1) as StoredBlockRow
    const storage = slots.map(() => ({ word: 7n, proof: [] }))
    return this.answer({ height, hash, account: EMPTY_ACCOUNT, accountProof: [], storage })
  }
  checkpoint = () => this.answer(undefined)
  validatorSet = () => this.answer(undefined)
  call = () => this.answer({ ok: true, code: '', output: Uint8Array.of(1), gasUsed: 21_000 })
  logs = () => this.answer({ code: '', logs: [] })
  submit: ChainAccess['submit'] = (transactions) => {
    return this.answer(
      transactions.map((raw) => ({
        hash: keccakHex(raw),
        code: raw[0] === ACCEPTED ? '' : 'NONCE_TOO_LOW',
        message: '',
      })),
    )
  }
  pendingNonce = () => this.answer(5)
  waiting = () => this.answer(undefined)
  pool = () => this.answer({ pending: 0, queued: 0 })
  nodes = () => ['fake']
  validator = () =>
    this.answer({
      ...STARTING,
      index: 0,
      mode: 'FAST',
      epoch: 0,
      view: 1,
      finalHeight: this.rows.length - 1,
      finalHash: this.rows[0]?.hash as Hex,
      syncing: false,
      lagBlocks: 0,
      missing: [],
      waiting: '',
    })
}

export function serveFake(
  chain: ChainAccess,
  say: (line: string) => void,
  driver: 'uws' | 'node' = 'uws',
  traces?: EdgeTrace,
  rollup: RollupAccess = new FakeRollup(),
): Promise<Gateway> {
  const { validatorSet, block, tree } = testGenesis()
  const genesisShare = proveShare(tree)
  const facts = { chainId: CHAIN_ID, genesisHash: block.hash, validatorSet, genesisShare }
  return serveChain(chain, rollup, { ...facts, port: 0, driver, say, ...(traces && { traces }) })
}
