// The final blocks of a run as somebody sees them who trusts no node: for heights spread over the
// chain, the headers hang together and a quorum of the validators signed the last one.

import { type Invariant, invariant } from '../../../../apps/cli/chaos/check/invariant.ts'
import type { Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import type { Network } from '../../../../config/network.ts'
import { type Hex, hexToBytes } from '../../../../lib/hex.ts'
import { unpackExtraData } from '../../../../protocol/block/extra-data.ts'
import { decodeHeader, headerHash } from '../../../../protocol/block/header-codec.ts'
import { decodeSidecar, sidecarRoot } from '../../../../protocol/block/sidecar.ts'
import { decodeCertificate, verifyCertificate } from '../../../../protocol/consensus/certificate.ts'
import { asMode, BALANCED_STAKE_PUBLISHED } from '../../../../protocol/consensus/epoch-rules.ts'
import {
  decodeValidatorSet,
  validatorSetHash,
} from '../../../../protocol/consensus/validator-set.ts'
import { FINALIZE } from '../../../../protocol/consensus/vote.ts'
import { blsNoble } from '../../../../protocol/crypto/bls-noble.ts'

const SAMPLES = 12

interface Finality {
  readonly hash: Hex
  readonly headers: readonly Hex[]
  readonly certificate: Hex
  readonly sidecar: Hex
  readonly validatorSet: Hex
  readonly genesisHash: Hex
}

/** What is wrong with the proof of `block`; undefined when a quorum stands behind it. */
export function finalityFault(
  proof: Finality,
  block: string,
  network: Pick<Network, 'genesisHash' | 'validatorSetHash'>,
  chainId: bigint,
): string | undefined {
  const headers = proof.headers.map((hex) => decodeHeader(hexToBytes(hex)))
  const [first] = headers
  const last = headers.at(-1)
  if (!first || !last || headerHash(first) !== block) return 'the first header is another block'
  for (const [i, header] of headers.entries()) {
    const parent = headers[i - 1]
    if (parent && header.parentHash !== headerHash(parent)) return 'the headers are not a chain'
  }
  const sidecar = hexToBytes(proof.sidecar)
  if (sidecarRoot(sidecar) !== first.parentBeaconBlockRoot) return 'the sidecar is of another block'
  const set = decodeValidatorSet(hexToBytes(proof.validatorSet))
  const hash = validatorSetHash(set)
  if (decodeSidecar(sidecar).validatorSetHash !== hash) return 'the block names other validators'
  if (hash !== network.validatorSetHash) return `the validators ${hash} are not the published ones`
  const certificate = decodeCertificate(hexToBytes(proof.certificate))
  if (certificate.kind !== FINALIZE || certificate.blockHash !== headerHash(last)) {
    return 'the certificate does not finalise the last header'
  }
  const extra = unpackExtraData(last.extraData)
  if (!extra) return 'the header names no mode'
  const rules = {
    epoch: extra.epoch,
    mode: asMode(extra.mode),
    balancedStake: BALANCED_STAKE_PUBLISHED,
    set,
  }
  const chain = { chainId, genesisHash: network.genesisHash }
  const verdict = verifyCertificate(certificate, rules, chain, blsNoble)
  return verdict.ok ? undefined : `the certificate does not hold: ${verdict.code}`
}

export async function certificatesVerify(
  rpc: Rpc,
  height: number,
  network: Network,
): Promise<Invariant> {
  const chainId = BigInt((await rpc.call('eth_chainId')) as string)
  const count = Math.min(SAMPLES, height)
  const wrongs: string[] = []
  for (let i = 1; i <= count; i++) {
    const at = Math.round((i * height) / count)
    const number = `0x${at.toString(16)}`
    const block = (await rpc.call('eth_getBlockByNumber', number, false)) as { hash: string }
    try {
      const proof = (await rpc.call('aitbc_getFinality', number)) as Finality
      const fault = finalityFault(proof, block.hash, network, chainId)
      if (fault !== undefined) wrongs.push(`block ${at}: ${fault}`)
    } catch (error) {
      wrongs.push(`block ${at}: ${(error as Error).message}`)
    }
  }
  const fine = `${count} blocks up to ${height} are proved without trust in a node`
  return invariant('certificates-verify', wrongs, fine)
}
