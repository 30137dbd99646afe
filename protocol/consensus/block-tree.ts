// The blocks between the last final one and the tips, as consensus knows them: who follows whom,
// and which of them execution has found valid.

import type { Hex } from '../../lib/hex.ts'
import { decodeBlock } from '../block/block.ts'
import { headerTimeMs, unpackExtraData } from '../block/extra-data.ts'
import { decodeSidecar, sidecarRoot } from '../block/sidecar.ts'
import { RlpError } from '../rlp/rlp.ts'
import type { FinalBlock } from './simplex-types.ts'

export type CheckState = 'new' | 'checking' | 'valid' | 'invalid'

export interface BlockNode {
  readonly hash: Hex
  readonly parent: Hex
  readonly height: number
  readonly view: number
  readonly epoch: number
  readonly timestampMs: number
  readonly proposer: number
  readonly parentView: number
  readonly validatorSetHash: Hex
  readonly bringsCheckpoint: boolean
  /** Of the rollup. */
  readonly hasClaims: boolean
  readonly evidence: readonly Uint8Array[]
  readonly bytes: Uint8Array
  state: CheckState
}

/** Reads what consensus needs of a block; undefined if it is malformed. */
export function readBlockNode(bytes: Uint8Array): BlockNode | undefined {
  try {
    const block = decodeBlock(bytes)
    const { header } = block
    const extra = unpackExtraData(header.extraData)
    if (!extra || sidecarRoot(block.sidecar) !== header.parentBeaconBlockRoot) return undefined
    const sidecar = decodeSidecar(block.sidecar)
    return {
      hash: block.hash,
      parent: header.parentHash,
      height: header.height,
      view: extra.view,
      epoch: extra.epoch,
      timestampMs: headerTimeMs(header),
      proposer: sidecar.proposer,
      parentView: sidecar.parentView,
      validatorSetHash: sidecar.validatorSetHash,
      bringsCheckpoint: sidecar.checkpoint.length > 0,
      hasClaims: sidecar.claims.length > 0,
      evidence: sidecar.evidence,
      bytes,
      state: 'new',
    }
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

export class BlockTree {
  final: FinalBlock
  private readonly nodes = new Map<Hex, BlockNode>()

  constructor(final: FinalBlock) {
    this.final = final
  }

  /** The node of these bytes, kept if it is new and above the last final block. */
  add(bytes: Uint8Array): BlockNode | undefined {
    const node = readBlockNode(bytes)
    return node && this.addNode(node)
  }

  /** The same for what `readBlockNode` has just read. */
  addNode(node: BlockNode): BlockNode | undefined {
    if (node.height <= this.final.height) return undefined
    const known = this.nodes.get(node.hash)
    if (known) return known
    this.nodes.set(node.hash, node)
    return node
  }

  get(hash: Hex): BlockNode | undefined {
    return this.nodes.get(hash)
  }

  /** True for the last final block and for every block that execution has found valid. */
  isValid(hash: Hex): boolean {
    return hash === this.final.hash || this.nodes.get(hash)?.state === 'valid'
  }

  timestampMs(hash: Hex): number {
    if (hash === this.final.hash) return this.final.timestampMs
    return this.nodes.get(hash)?.timestampMs ?? this.final.timestampMs
  }

  height(hash: Hex): number {
    return this.nodes.get(hash)?.height ?? this.final.height
  }

  /** From just above the last final block up to `hash`; undefined if any is missing. */
  pathTo(hash: Hex): BlockNode[] | undefined {
    const path: BlockNode[] = []
    for (let at = hash; at !== this.final.hash; ) {
      const node = this.nodes.get(at)
      if (!node) return undefined
      path.unshift(node)
      at = node.parent
    }
    return path
  }

  /** Moves the last final block up and forgets everything at or below it. */
  finalise(final: FinalBlock): void {
    this.final = final
    for (const [hash, node] of this.nodes) if (node.height <= final.height) this.nodes.delete(hash)
  }
}
