// A chain whose blocks are final as soon as they are built, in a store as a node keeps it: for
// tests and benches of what works on such stores.

import * as assert from 'uvu/assert'
import { finalRows, genesisRows } from '../../actors/block-builder/chain-rows.ts'
import type { Candidate } from '../../actors/block-builder/speculation.ts'
import { formerRows, undoPuts } from '../../actors/block-builder/undo-puts.ts'
import { bytesToHex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { encodeSidecar, plainSidecar } from '../../protocol/block/sidecar.ts'
import { encodeCertificate } from '../../protocol/consensus/certificate.ts'
import { viewRandomness } from '../../protocol/consensus/leader.ts'
import { FINALIZE } from '../../protocol/consensus/vote.ts'
import { vrfNoble } from '../../protocol/crypto/ecvrf.ts'
import type { Vrf } from '../../protocol/crypto/signatures.ts'
import { rulesAfter } from '../../protocol/epoch/epoch-storage.ts'
import { buildBlock } from '../../protocol/execution/build-block.ts'
import type { ChainConfig } from '../../protocol/execution/chain-config.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import type { Decided } from '../../protocol/execution/plan-block.ts'
import type { Genesis } from '../../protocol/genesis/genesis-block.ts'
import type { StateTree } from '../../protocol/state/state-tree.ts'
import { treeView } from '../../protocol/state/state-view.ts'
import type { Put, Store } from '../../runtime/store.ts'
import { testConfig, testGenesis, validatorSecret } from '../protocol/chain-world.ts'

/** A certificate in form; nobody signed it. */
export function unsignedCertificate({ hash, header }: Block): Uint8Array {
  const extra = unpackExtraData(header.extraData)
  const { epoch = 0, view = 0 } = extra ?? {}
  const signature = new Uint8Array(96).fill(7)
  return encodeCertificate({
    kind: FINALIZE,
    epoch,
    view,
    blockHash: hash,
    signers: [0],
    signature,
  })
}

export interface FinalChainOptions {
  readonly genesis?: Genesis
  readonly config?: ChainConfig
  /** The VRF key of a validator by its index. */
  readonly vrfSecret?: (index: number) => Uint8Array
  readonly vrf?: Vrf
  /** Blocks of one commit, which the last one's certificate makes final; 1 by default. */
  readonly commitBlocks?: number
}

export class FinalChain {
  readonly store: Store
  readonly genesis: Genesis
  tip: { block: Block; tree: StateTree }
  private readonly config: ChainConfig
  private readonly options: FinalChainOptions
  private failure: Error | undefined
  /** Of the store: the last block that is in it. */
  private stored: { block: Block; tree: StateTree }
  private path: Candidate[] = []

  constructor(store: Store, options: FinalChainOptions = {}) {
    const { genesis = testGenesis(), config = testConfig(genesis) } = options
    this.store = store
    this.genesis = genesis
    this.config = config
    this.options = options
    this.tip = { block: genesis.block, tree: genesis.tree }
    this.stored = this.tip
    this.write(genesisRows(genesis))
  }

  /** Builds a block of these transactions on the tip and makes it final. */
  add(transactions: readonly SentTransaction[] = [], afterMs = 100): Block {
    const { block, executed } = this.build(transactions, afterMs)
    this.tip = { block, tree: executed.tree }
    this.path.push({ block, executed, tree: executed.tree })
    if (this.path.length >= (this.options.commitBlocks ?? 1)) this.flush()
    return block
  }

  /** Commits the blocks that wait for others: the tip is final then. */
  flush(): void {
    const { path } = this
    const before = this.stored
    if (path.length === 0) return
    const { block } = this.tip
    const certificate = unsignedCertificate(block)
    const finalAtMs = block.header.timestamp * 1000
    const rows = finalRows(path, { finalAtMs, certificate })
    const former = formerRows(before.tree, path)
    for (const { table, key, row } of former) {
      const stored = this.store.get(table, key)
      assert.equal(stored && bytesToHex(stored), row && bytesToHex(row), `former row of ${table}`)
    }
    const [base, { height }] = [before.block.header.height, block.header]
    this.write([...rows, ...undoPuts(this.store, base, height, former)])
    this.stored = this.tip
    this.path = []
  }

  /** The block that `add` would add. */
  build(transactions: readonly SentTransaction[], afterMs = 100) {
    const { block: parent, tree } = this.tip
    const decided = this.decided(parent, tree, afterMs)
    const built = buildBlock(this.config, parent, tree, decided, transactions)
    if (!built.ok) throw new Error(built.code)
    return built
  }

  private decided(parent: Block, tree: StateTree, afterMs: number): Decided {
    const { vrf = vrfNoble, vrfSecret = validatorSecret } = this.options
    const rules = rulesAfter(treeView(tree))
    const { epoch, mode, seed, setHash, set } = rules
    const isFirst = parent.header.height + 1 === rules.startHeight
    const parentView = isFirst ? 0 : (unpackExtraData(parent.header.extraData)?.view ?? 0)
    const view = parentView + 1
    const proposer = view % set.validators.length
    const alpha = viewRandomness(seed, epoch, view)
    const vrfProof = vrf.prove(vrfSecret(proposer), alpha).proof
    const said = { validatorSetHash: setHash, proposer, parentView, vrfProof }
    const sidecar = encodeSidecar(plainSidecar(said))
    const timestampMs = headerTimeMs(parent.header) + afterMs
    return { timestampMs, mode, epoch, view, proposer, sidecar }
  }

  private write(rows: readonly Put[]): void {
    this.store.commit(rows, (error) => {
      this.failure = error
    })
    if (this.failure) throw this.failure
  }
}
