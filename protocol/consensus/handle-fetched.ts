// Catch-up, the one code path from one block behind to a million: final blocks of a peer, checked
// by their parent hashes up to the last one that carries its own finality certificate. An epoch at
// a time: the next one's validators are known only after its last block.

import { RlpError } from '../rlp/rlp.ts'
import { type BlockNode, readBlockNode } from './block-tree.ts'
import { type Certificate, decodeCertificate, verifyCertificate } from './certificate.ts'
import { advance, tryFinalise } from './handle-certificate.ts'
import { compareWithOwnRecord } from './own-record.ts'
import type { SimplexState } from './simplex-state.ts'
import type { FetchedBlock } from './simplex-types.ts'
import { FINALIZE } from './vote.ts'

interface Link {
  readonly node: BlockNode
  readonly certificate: Certificate | undefined
}

function readCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** The blocks of this epoch that follow our last final one without a gap, and the rest. */
function chain(state: SimplexState, blocks: readonly FetchedBlock[]) {
  const links: Link[] = []
  let parent = state.final.hash
  for (const [i, { block, certificate: encoded }] of blocks.entries()) {
    const node = readBlockNode(block)
    if (!node || (links.length === 0 && node.height <= state.final.height)) continue
    if (node.parent !== parent) break
    if (node.epoch !== state.rules.epoch) return { links, rest: blocks.slice(i) }
    parent = node.hash
    const certificate = readCertificate(encoded)
    const own = certificate?.kind === FINALIZE && certificate.blockHash === node.hash
    links.push({ node, certificate: own ? certificate : undefined })
  }
  return { links, rest: [] }
}

/**
 * A block's claims may take up what the blocks before it brought to the rollup, messages and
 * parcels, and those count once they are final: so the block before each becomes final by itself,
 * as it was when the claims were made.
 */
function finalBeforeClaims(state: SimplexState, links: readonly Link[]): void {
  const { chain: identity, bls } = state.config
  for (const [i, { certificate }] of links.entries()) {
    if (!certificate || !links[i + 1]?.node.hasClaims) continue
    if (verifyCertificate(certificate, state.rules, identity, bls).ok) {
      state.finals.set(certificate.view, certificate)
    } else state.refuse('forged-certificate')
  }
}

export function handleFetched(state: SimplexState, blocks: readonly FetchedBlock[]): void {
  if (state.finalising) return
  const { links, rest } = chain(state, blocks)
  while (links.length > 0 && !links.at(-1)?.certificate) links.pop()
  const certificate = links.at(-1)?.certificate
  const { chain: identity, bls } = state.config
  if (!certificate || !verifyCertificate(certificate, state.rules, identity, bls).ok) {
    if (certificate) state.refuse('forged-certificate')
    if (state.isBehind) state.fetchSoon()
    return
  }
  state.reached('catch-up')
  compareWithOwnRecord(state, certificate)
  for (const { node } of links) state.tree.add(node.bytes)
  finalBeforeClaims(state, links)
  state.finals.set(certificate.view, certificate)
  state.ahead = rest
  advance(state)
  tryFinalise(state)
}

/** After the end of an epoch: goes on with what was fetched already. */
export function continueFetched(state: SimplexState): void {
  const { ahead } = state
  state.ahead = []
  if (ahead.length > 0) handleFetched(state, ahead)
}
