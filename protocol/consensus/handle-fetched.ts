// Catch-up, the one code path from one block behind to a million: final blocks of a peer, checked
// by their parent hashes up to the last one that carries its own finality certificate.

import { RlpError } from '../rlp/rlp.ts'
import { readBlockNode } from './block-tree.ts'
import { type Certificate, decodeCertificate, verifyCertificate } from './certificate.ts'
import { advance, tryFinalise } from './handle-certificate.ts'
import type { SimplexState } from './simplex-state.ts'
import { FINALIZE } from './vote.ts'

interface Fetched {
  readonly block: Uint8Array
  readonly certificate: Uint8Array
}

function readCertificate(bytes: Uint8Array): Certificate | undefined {
  try {
    return decodeCertificate(bytes)
  } catch (error) {
    if (error instanceof RlpError) return undefined
    throw error
  }
}

/** The blocks that follow our last final one without a gap, with what certifies each. */
function chain(state: SimplexState, blocks: readonly Fetched[]) {
  const links: { bytes: Uint8Array; certificate: Certificate | undefined }[] = []
  let parent = state.final.hash
  for (const { block, certificate: encoded } of blocks) {
    const node = readBlockNode(block)
    if (!node || (links.length === 0 && node.height <= state.final.height)) continue
    if (node.parent !== parent) break
    parent = node.hash
    const certificate = readCertificate(encoded)
    const own = certificate?.kind === FINALIZE && certificate.blockHash === node.hash
    links.push({ bytes: block, certificate: own ? certificate : undefined })
  }
  return links
}

export function handleFetched(state: SimplexState, blocks: readonly Fetched[]): void {
  if (state.finalising) return
  const links = chain(state, blocks)
  while (links.length > 0 && !links.at(-1)?.certificate) links.pop()
  const certificate = links.at(-1)?.certificate
  const { rules, chain: identity, bls } = state.config
  if (!certificate || !verifyCertificate(certificate, rules, identity, bls).ok) {
    if (state.finals.size > 0) state.fetchSoon()
    return
  }
  state.reached('catch-up')
  for (const link of links) state.tree.add(link.bytes)
  state.finals.set(certificate.view, certificate)
  advance(state)
  tryFinalise(state)
}
