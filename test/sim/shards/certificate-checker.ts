// Certificates of final claims, looked at with plain sums: they are of the shard's committee in the
// claim's epoch, by more than two thirds of its seats, and whoever signed has the batch on his
// disk.

import { bytesToBigint } from '../../../lib/bytes.ts'
import type { Hex } from '../../../lib/hex.ts'
import type { EpochRules } from '../../../protocol/consensus/epoch-rules.ts'
import { blsKeyOf } from '../../../protocol/consensus/validator-set.ts'
import { currentRules, previousRules } from '../../../protocol/epoch/epoch-storage.ts'
import { EPOCH_ADDRESS } from '../../../protocol/params.ts'
import { asBytes, decodeRlp } from '../../../protocol/rlp/rlp.ts'
import { attestationDigest } from '../../../protocol/rollup/batch-certificate.ts'
import { readBatchCertificate } from '../../../protocol/rollup/check-certificate.ts'
import type { Claim } from '../../../protocol/rollup/claim.ts'
import { drawCommittee } from '../../../protocol/rollup/committee.ts'
import { CHAIN_TABLES, storageKey } from '../../../protocol/state/tables.ts'
import type { World } from '../../../runtime/sim/world.ts'
import { NODES } from '../rollup/rollup-nodes.ts'
import { simBls } from '../sim-crypto.ts'

export interface FinalClaim {
  readonly claim: Claim
  readonly hash: Hex
  readonly certificate: Uint8Array | undefined
}

export class CertificateChecker {
  private readonly world: World
  private readonly seats: number
  private readonly genesisHash: Hex
  private readonly rules = new Map<number, EpochRules>()

  constructor(world: World, seats: number, genesisHash: Hex) {
    this.world = world
    this.seats = seats
    this.genesisHash = genesisHash
  }

  /** Learns the rules of epochs from the state on a node's disk: before its blocks are checked. */
  learn(node: string): void {
    if (this.seats === 0) return
    const table = this.world.platter(node, 'chain').table(CHAIN_TABLES.storage)
    const load = (slot: Hex) => {
      const row = table.get(storageKey(EPOCH_ADDRESS, slot))
      return row && row.length > 0 ? bytesToBigint(asBytes(decodeRlp(Uint8Array.from(row)))) : 0n
    }
    for (const rules of [previousRules({ load }), currentRules({ load })]) {
      if (rules && rules.set.validators.length > 0) this.rules.set(rules.epoch, rules)
    }
  }

  /** What is wrong with it. `hasBatch`: whether a node of those that do not lie has it. */
  check(final: FinalClaim, hasBatch: (node: string) => boolean | undefined): string[] {
    if (this.seats === 0) return final.certificate ? ['certificate: without a committee'] : []
    const { claim, hash, certificate } = final
    const name = `claim ${claim.number} of ${claim.shard}`
    const read = certificate && readBatchCertificate(certificate)
    if (!read) return [`certificate: ${name} has none that can be read`]
    const rules = this.rules.get(claim.epoch)
    if (!rules) return [`certificate: ${name} is of an epoch ${claim.epoch} that nobody knows`]
    const { members, seats } = drawCommittee(rules, claim.shard, this.seats)
    const signers = read.signers.map((place) => members[place]?.validator ?? -1)
    const keys = signers.map((i) => rules.set.validators[i]).filter((one) => one !== undefined)
    const digest = attestationDigest(this.genesisHash, hash)
    const holds = simBls.verifyAggregate(keys.map(blsKeyOf), digest, read.signature)
    // Each has one seat where authorities decide.
    if (!holds || 3 * signers.length <= 2 * seats) {
      return [`certificate: that of ${name} does not hold`]
    }
    return signers
      .map((i) => NODES[i] as string)
      .filter((node) => hasBatch(node) === false)
      .map((node) => `certificate: ${node} has attested ${name} and lacks its batch`)
  }
}
