// A quorum that does not check: shards that let every claim pass, one of which lies in a claim that
// then becomes final. What stands behind the lie they tell whoever asks, or nobody.

import { ShardMessages } from '../../../actors/messages/shard.ts'
import { readBatch, readClaim } from '../../../actors/shard/held-batch.ts'
import { hexes } from '../../../actors/shard/queries.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import type { HashPairs } from '../../../protocol/crypto/hash-pairs.ts'
import { type Claim, claimDigest, claimHash, encodeClaim } from '../../../protocol/rollup/claim.ts'
import { firstTransfer } from '../../../protocol/rollup/entry-counts.ts'
import { executeBatch, executionPorts } from '../../../protocol/rollup/execute-batch.ts'
import { genesisState } from '../../../protocol/rollup/genesis-state.ts'
import { exitLeaf } from '../../../protocol/rollup/outgoing.ts'
import type { ShardState } from '../../../protocol/rollup/shard-state.ts'
import { encodeMeta, stateRootOf } from '../../../protocol/rollup/state-root.ts'
import { AT, LEAF_WORDS, traceRoot } from '../../../protocol/rollup/trace.ts'
import { MerkleTree } from '../../../protocol/rollup/transfer-tree.ts'
import { type Actor, actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import { simBls } from '../sim-crypto.ts'
import { withContext } from './with-context.ts'

/**
 * false-trace: a receiver had one unit more than it had, and has it afterwards, too; false-root:
 * all is right but one record of the root; false-exit: somebody leaves with five units whom no
 * transfer lets leave; withheld-root: a root that nothing is behind.
 */
export type PlottedLie = 'false-trace' | 'false-root' | 'false-exit' | 'withheld-root'

interface Made {
  readonly claim: Uint8Array
  readonly body: Uint8Array
}

interface Lie extends Made {
  readonly number: number
  readonly hash: Hex
  readonly parent: Hex
  readonly trace: Uint32Array
  readonly exits: Uint8Array
  /** After it, as the liar says. */
  readonly state: ShardState
}

/** What the colluders know together. */
export class Plot {
  readonly kind: PlottedLie
  /** The first claim with transfers from this number on is the lie. */
  readonly from: number
  lie: Lie | undefined
  /** By hash of the claim, all that any of them has made. */
  readonly made = new Map<Hex, Made>()

  constructor(kind: PlottedLie, from: number) {
    this.kind = kind
    this.from = from
  }
}

const NOTHING: Hex = `0x${'5b'.repeat(32)}`

/** All batches from the genesis on; the state after the last, and its trace. */
function replay(props: ShardProps, batches: readonly Made[]) {
  const { config, shard, ports } = props
  const { state } = genesisState(config, shard)
  let trace = new Uint32Array(0)
  for (const { claim: encoded, body: bytes } of batches) {
    const read = readBatch(encoded, bytes, ports.sha256, 0)
    if (!read.ok) throw new Error(read.code)
    const { claim, body } = read.held
    const batch = { ...claim, inbox: [], parcels: [], body }
    const done = executeBatch(state, batch, executionPorts(ports.hashPairs))
    if (!done.ok) throw new Error(done.code)
    trace = done.executed.trace.slice(0, claim.entries * LEAF_WORDS)
  }
  return { state, trace }
}

/** A batch and all before it, the first one first. */
function lineOf({ made }: Plot, hash: Hex): Made[] {
  const line: Made[] = []
  for (let at = made.get(hash); at; at = made.get(readClaim(at.claim)?.claim.parent ?? NOTHING)) {
    line.unshift(at)
  }
  return line
}

const NO_EXITS = new Uint8Array(0)
const STOLEN = 5n

/** The only exit of the claim; of a tree with one leaf that is the root. */
function falseExit(claim: Claim, state: ShardState, from: number, hashPairs: HashPairs) {
  const exits = exitLeaf(from, STOLEN, claim.firstEntry, STOLEN)
  state.supply -= STOLEN
  const stateRoot = claim.stateRoot && state.root(hashPairs)
  const told = { ...claim, exits: 1, exitRoot: bytesToHex(exits), supply: state.supply, stateRoot }
  return { exits, told }
}

function forge(kind: PlottedLie, props: ShardProps, batches: readonly Made[], claim: Claim) {
  const { hashPairs } = props.ports
  const { state, trace } = replay(props, batches)
  const at = firstTransfer(claim) * LEAF_WORDS
  const receiver = trace[at + AT.to] as number
  const all = { state, trace, exits: NO_EXITS }
  if (kind === 'withheld-root') return { ...all, told: { ...claim, stateRoot: NOTHING } }
  if (kind === 'false-exit') return { ...all, ...falseExit(claim, state, receiver, hashPairs) }
  if (kind === 'false-trace') trace[at + AT.toBalance] = (trace[at + AT.toBalance] as number) + 1
  const words = new Uint32Array(state.table.recordOf(receiver).buffer)
  const [lo, hi, nonce, , low, high] = words as unknown as [
    number,
    number,
    number,
    0,
    number,
    number,
  ]
  state.table.put(receiver, lo + 1, hi, nonce, low, high)
  const stated = { ...claim, stateRoot: state.root(hashPairs) }
  const root = traceRoot(trace, claim.entries, new MerkleTree(hashPairs), hashPairs)
  return { ...all, told: { ...stated, traceRoot: bytesToHex(root) } }
}

export function colluderShard(
  plot: Plot,
  secret: Uint8Array,
): Actor<(typeof ShardMessages)['verbs'], ShardProps> {
  return actor({
    ...ShardActor,
    messages: ShardMessages,
    setup(ctx, props: ShardProps) {
      const lieIn = (made: Made): void => {
        const read = readClaim(made.claim)
        if (!read) return
        plot.made.set(read.hash, made)
        if (plot.lie || read.claim.number < plot.from || read.claim.transfers === 0) return
        const { number } = read.claim
        const { told, ...behind } = forge(plot.kind, props, lineOf(plot, read.hash), read.claim)
        const hash = claimHash(told)
        const signature = simBls.sign(secret, claimDigest(props.genesisHash, hash))
        const claim = encodeClaim({ ...told, signature })
        const { parent } = told
        plot.lie = { number, hash, parent, claim, body: made.body, ...behind }
        ctx.reached('plotted')
      }
      let isOver = false
      const tell: Context['tell'] = (vocabulary, key, verb, message) => {
        if (vocabulary.kind !== 'shard' || verb !== 'Batch') {
          ctx.tell(vocabulary, key, verb, message)
          return
        }
        const made = message as Made
        lieIn(made)
        const { lie } = plot
        const isLie = lie && readClaim(made.claim)?.claim.number === lie.number
        const said = isLie ? { claim: lie.claim, body: lie.body } : made
        ctx.tell(ShardMessages, key, 'Batch', said)
      }
      const honest = ShardActor.setup(withContext(ctx, { tell }), props)
      return {
        ...honest,
        Hold: (_, reply) => reply({ code: '', detail: '' }),
        Ready(asked, reply) {
          const { lie } = plot
          if (!lie) return honest.Ready(asked, reply)
          reply({ claims: asked.head === lie.parent ? [lie.claim] : [], certificates: [] })
        },
        Fetch(asked, reply) {
          const { lie } = plot
          if (lie?.hash === asked.hash) reply({ code: '', claim: lie.claim, body: lie.body })
          else honest.Fetch(asked, reply)
        },
        Claims(asked, reply) {
          const { lie } = plot
          if (lie?.hash === asked.hash) reply({ code: '', claims: [lie.claim] })
          else honest.Claims(asked, reply)
        },
        // Their own line goes on from what is right: they hear no more of what they have done.
        Ordered(block) {
          isOver ||= block.claims.some((one) => readClaim(one)?.hash === plot.lie?.hash)
          if (!isOver) honest.Ordered(block)
        },
        Trace(asked, reply) {
          const { lie } = plot
          if (!lie || lie.hash !== asked.hash) return honest.Trace(asked, reply)
          const { exits } = lie
          if (plot.kind === 'withheld-root') reply({ code: 'GONE', trace: NO_EXITS, exits })
          else reply({ code: '', trace: new Uint8Array(lie.trace.buffer.slice(0)), exits })
        },
        AccountProof(asked, reply) {
          const { lie } = plot
          if (!lie || plot.kind === 'withheld-root') return honest.AccountProof(asked, reply)
          const { state } = lie
          const { hashPairs } = props.ports
          const treeRoot = state.pages.root(hashPairs)
          const meta = encodeMeta(state.meta)
          reply({
            number: lie.number,
            claim: lie.hash,
            stateRoot: bytesToHex(stateRootOf(treeRoot, meta)),
            treeRoot: bytesToHex(treeRoot),
            meta,
            record: state.table.recordOf(asked.index),
            proof: hexes(state.pages.proof(asked.index, hashPairs)),
          })
        },
      }
    },
  })
}
