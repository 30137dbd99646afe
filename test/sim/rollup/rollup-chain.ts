// The chain of the simulated rollup: its validators, one shard, accounts that are there from the
// genesis, and light signatures for all of it.

import type { ShardPorts } from '../../../actors/shard/shard-props.ts'
import { hashPairsNative } from '../../../compute/crypto/hash-pairs-native.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { sha256Bytes } from '../../../protocol/crypto/sha256.ts'
import { chainModules } from '../../../protocol/genesis/chain-modules.ts'
import { type Genesis, makeGenesis } from '../../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../../protocol/genesis/genesis-config.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../../protocol/genesis/genesis-params.ts'
import { COHORT_SIZE } from '../../../protocol/params.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'
import type { CosignerKeys, Signers } from '../../../protocol/rollup/signers.ts'
import { VALIDATORS, validatorKey, WALL_START_MS } from '../sim-chain.ts'
import { simAddress, simBls, simSecp256k1, simVrf } from '../sim-crypto.ts'

export const ACCOUNTS = 48
export const BALANCE = 1000n
export const FEE = 2
export const OWNER_SECRET = new Uint8Array(32).fill(77)
export const OWNER = bytesToHex(simAddress(OWNER_SECRET))
const STAKE = 10n ** 22n

const MONEY = { balance: BALANCE, owner: OWNER }
export const ROLLUP_CONFIG = { shards: 1, accounts: ACCOUNTS, locks: 0, ...MONEY }

/** The genesis of some validators with this rollup. */
export function genesisWith(rollup: RollupConfig, validators = VALIDATORS): Genesis {
  return epochGenesis(rollup, 60, GENESIS_PARAMS_DEFAULT.epochMs, validators)
}

/** The same with epochs of so many blocks, or so long. */
export function epochGenesis(
  rollup: RollupConfig,
  blocks: number,
  epochMs: number,
  validators = VALIDATORS,
): Genesis {
  return makeGenesis({
    chainId: 1337n,
    timestamp: WALL_START_MS / 1000 - 10,
    mode: 0,
    params: { ...GENESIS_PARAMS_DEFAULT, epochBlocks: [blocks, blocks, blocks], epochMs, rollup },
    validators: Array.from({ length: validators }, (_, i) => ({
      name: `v${i}`,
      address: bytesToHex(simAddress(validatorKey(i))),
      blsPublicKey: bytesToHex(simBls.publicKey(validatorKey(i))),
      possession: bytesToHex(simBls.provePossession(validatorKey(i))),
      vrfPublicKey: bytesToHex(simVrf.publicKey(validatorKey(i))),
      stake: STAKE,
      authority: true,
    })),
    accounts: [{ address: OWNER, balance: 10n ** 21n, deposit: 0n, allowances: [] }],
  })
}

export function lightConfig(genesis: Genesis) {
  const genesisHash = genesis.block.hash
  const modules = chainModules({ bls: simBls, secp256k1: simSecp256k1, genesisHash })
  return genesisConfig(genesis, modules, { bls: simBls, vrf: simVrf })
}

export interface RollupChain {
  readonly genesis: Genesis
  readonly config: ReturnType<typeof lightConfig>
}

const chains = new Map<number, RollupChain>()

/** Made once for each number of validators: the same at all nodes. */
export function rollupChain(validators: number): RollupChain {
  const known = chains.get(validators)
  if (known) return known
  const genesis = genesisWith(ROLLUP_CONFIG, validators)
  const chain = { genesis, config: lightConfig(genesis) }
  chains.set(validators, chain)
  return chain
}

/** Of one account: for both of its keys. */
export function accountSecret(index: number): Uint8Array {
  const secret = new Uint8Array(32).fill(0xc0)
  new DataView(secret.buffer).setUint32(0, index)
  return secret
}

/** In place of Ed25519: 64 bytes of what the light BLS signs. */
export function signLight(index: number, digest: Uint8Array): Uint8Array {
  return simBls.sign(accountSecret(index), digest).slice(0, 64)
}

export function verifyLight(
  publicKey: Uint8Array,
  digest: Uint8Array,
  signature: Uint8Array,
): boolean {
  const expected = simBls.sign(publicKey, digest).subarray(0, 64)
  return signature.length === 64 && expected.every((byte, i) => byte === signature[i])
}

function* indicesOf({ dense, sparse }: Signers): Iterable<number> {
  for (const { cohort, present } of dense) {
    for (let member = 0; member < COHORT_SIZE; member++) {
      const byte = present ? (present[member >>> 3] as number) : 0xff
      if ((byte >>> (member & 7)) & 1) yield cohort * COHORT_SIZE + member
    }
  }
  yield* sparse
}

function lightKeys(accounts: number): CosignerKeys {
  return {
    verify(signers, digest, signature) {
      const indices = [...indicesOf(signers)]
      if (indices.some((index) => index >= accounts)) return false
      const keys = indices.map((index) => simBls.publicKey(accountSecret(index)))
      return simBls.verifyAggregate(keys, digest, signature)
    },
    // In the simulator groups speak for all of their senders.
    cosignKey: () => undefined,
    spendKey: (index) => (index < accounts ? accountSecret(index) : undefined),
  }
}

/** For a genesis with so many accounts. */
export function lightPortsFor(accounts: number): ShardPorts {
  return {
    bls: simBls,
    hashPairs: hashPairsNative,
    sha256: sha256Bytes,
    verifyEd25519: verifyLight,
    cosignerKeys: () => lightKeys(accounts),
  }
}

export const lightPorts = lightPortsFor(ACCOUNTS)
