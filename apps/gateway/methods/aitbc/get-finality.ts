// aitbc_getFinality: what a light client needs to trust a block without us: its header, the
// headers up to the one that a finality certificate is for, the certificate, and the validators.

import { BUNDLE_HEADERS_MAX } from '../../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../../lib/hex.ts'
import { encodeHeader } from '../../../../protocol/block/header-codec.ts'
import { decodeSidecar } from '../../../../protocol/block/sidecar.ts'
import { decodeCertificate } from '../../../../protocol/consensus/certificate.ts'
import {
  encodeValidatorSet,
  validatorSetHash,
} from '../../../../protocol/consensus/validator-set.ts'
import { blockOfState } from '../../block-param.ts'
import type { ChainBlock } from '../../chain-block.ts'
import { RpcError } from '../../errors.ts'
import { findBlock } from '../../find-block.ts'
import { method, type RpcContext } from '../../method.ts'
import { quantity } from '../../quantity.ts'

interface Linked {
  readonly headers: readonly Hex[]
  readonly last: ChainBlock
}

/** The validators that a sidecar names; null where this node does not know their keys. */
async function setOf(hash: Hex, { chain, validatorSet }: RpcContext): Promise<Hex | null> {
  if (hash === validatorSetHash(validatorSet)) return bytesToHex(encodeValidatorSet(validatorSet))
  const bytes = await chain.validatorSet(hash)
  return bytes ? bytesToHex(bytes) : null
}

/** The block's header and those of its descendants, up to the certified one. */
async function headersTo(certified: Hex, first: ChainBlock, context: RpcContext): Promise<Linked> {
  const headers: Hex[] = []
  for (let block: ChainBlock | undefined = first; block; ) {
    headers.push(bytesToHex(encodeHeader(block.header)))
    if (block.hash === certified) return { headers, last: block }
    if (headers.length === BUNDLE_HEADERS_MAX) break
    block = await context.blocks.at(block.height + 1)
  }
  throw new RpcError('NOT_FOUND', 'the certified descendant is not known here yet')
}

export const getFinality = method('aitbc_getFinality', [blockOfState], async (context, ref) => {
  const block = await findBlock(context, ref)
  if (!block) return null
  const { certificate: bytes, finalAtMs } = block.row
  // The genesis is agreed on beforehand, not voted on.
  if (bytes.length === 0) throw new RpcError('NOT_FOUND', 'this block needs no certificate')
  const certificate = decodeCertificate(bytes)
  const { headers, last } = await headersTo(certificate.blockHash, block, context)
  const setHash = decodeSidecar(last.block.sidecar).validatorSetHash
  return {
    number: quantity(block.height),
    hash: block.hash,
    finalAtMs,
    headers,
    certificate: bytesToHex(bytes),
    certifiedHash: certificate.blockHash,
    epoch: certificate.epoch,
    view: certificate.view,
    signers: certificate.signers,
    sidecar: bytesToHex(block.block.sidecar),
    certifiedSidecar: bytesToHex(last.block.sidecar),
    genesisHash: context.genesisHash,
    validatorSetHash: setHash,
    validatorSet: await setOf(setHash, context),
  }
})
