// aitbc_getFinality: what a light client needs to trust a block without us: its header, the
// headers up to the one that a finality certificate is for, the certificate, and the validators.

import { BUNDLE_HEADERS_MAX } from '../../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../../lib/hex.ts'
import { encodeHeader } from '../../../../protocol/block/header-codec.ts'
import { decodeSidecar } from '../../../../protocol/block/sidecar.ts'
import { decodeCertificate } from '../../../../protocol/consensus/certificate.ts'
import { encodeValidatorSet } from '../../../../protocol/consensus/validator-set.ts'
import { blockOfState } from '../../block-param.ts'
import type { ChainBlock } from '../../chain-block.ts'
import { RpcError } from '../../errors.ts'
import { findBlock } from '../../find-block.ts'
import { method, type RpcContext } from '../../method.ts'
import { quantity } from '../../quantity.ts'

/** The block's header and those of its descendants, up to the certified one. */
async function headersTo(certified: Hex, first: ChainBlock, context: RpcContext): Promise<Hex[]> {
  const headers: Hex[] = []
  for (let block: ChainBlock | undefined = first; block; ) {
    headers.push(bytesToHex(encodeHeader(block.header)))
    if (block.hash === certified) return headers
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
  return {
    number: quantity(block.height),
    hash: block.hash,
    finalAtMs,
    headers: await headersTo(certificate.blockHash, block, context),
    certificate: bytesToHex(bytes),
    certifiedHash: certificate.blockHash,
    epoch: certificate.epoch,
    view: certificate.view,
    signers: certificate.signers,
    sidecar: bytesToHex(block.block.sidecar),
    genesisHash: context.genesisHash,
    validatorSetHash: decodeSidecar(block.block.sidecar).validatorSetHash,
    validatorSet: bytesToHex(encodeValidatorSet(context.validatorSet)),
  }
})
