// A small chain for tests: four validators with real BLS keys, funded accounts with real secp256k1
// keys, the market module, and blocks built on each other.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { encodeSidecar, plainSidecar, type Sidecar } from '../../protocol/block/sidecar.ts'
import type { EpochRules } from '../../protocol/consensus/epoch-rules.ts'
import { viewRandomness } from '../../protocol/consensus/leader.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { vrfNoble } from '../../protocol/crypto/ecvrf.ts'
import { addressOfSecret, secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'
import type { Bls, Vrf } from '../../protocol/crypto/signatures.ts'
import { buildBlock } from '../../protocol/execution/build-block.ts'
import type { Executed } from '../../protocol/execution/execute-block.ts'
import type { SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import type { Decided, Parent } from '../../protocol/execution/plan-block.ts'
import { chainModules } from '../../protocol/genesis/chain-modules.ts'
import { type Genesis, makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import type { StateTree } from '../../protocol/state/state-tree.ts'
import { decodeTransaction } from '../../protocol/transaction/decode-transaction.ts'
import { signTransaction } from '../../protocol/transaction/encode-transaction.ts'
import type { UnsignedTransaction } from '../../protocol/transaction/transaction.ts'

export interface Wallet {
  readonly secretKey: Uint8Array
  readonly address: Hex
}

export function wallet(number: number): Wallet {
  const secretKey = new Uint8Array(32).fill(0x11)
  new DataView(secretKey.buffer).setUint32(28, number)
  return { secretKey, address: bytesToHex(addressOfSecret(secretKey)) }
}

export const CHAIN_ID = 1337n
export const WALLETS = Array.from({ length: 8 }, (_, i) => wallet(i))
export const FUNDS = 10n ** 21n
export const STAKE = 10n ** 22n
export const GENESIS_SECONDS = 1_700_000_000

/** Asked once for the same: noble is slow, and tests change a block thousands of times. */
export function memo<T>(run: (...args: Uint8Array[]) => T): (...args: Uint8Array[]) => T {
  const known = new Map<string, T>()
  return (...args) => {
    const key = args.map(bytesToHex).join()
    const found = known.get(key) ?? run(...args)
    known.set(key, found)
    return found
  }
}

const vrf = {
  publicKey: vrfNoble.publicKey,
  prove: memo(vrfNoble.prove as (...args: Uint8Array[]) => ReturnType<Vrf['prove']>),
  verify: memo(vrfNoble.verify as (...args: Uint8Array[]) => ReturnType<Vrf['verify']>),
} as Vrf

/** Of both of a validator's keys. */
export function validatorSecret(index: number): Uint8Array {
  return new Uint8Array(32).fill(index + 1)
}

export function genesisJson(
  accounts: readonly Hex[] = WALLETS.map(({ address }) => address),
  bls: Bls = blsNoble,
) {
  return {
    chainId: Number(CHAIN_ID),
    timestamp: GENESIS_SECONDS,
    mode: 'FAST',
    validators: [0, 1, 2, 3].map((i) => {
      const secret = validatorSecret(i)
      return {
        name: `validator${i}`,
        address: wallet(1000 + i).address,
        blsPublicKey: bytesToHex(blsNoble.publicKey(secret)),
        possession: bytesToHex(bls.provePossession(secret)),
        vrfPublicKey: bytesToHex(vrfNoble.publicKey(secret)),
        stake: STAKE.toString(),
      }
    }),
    accounts: accounts.map((address) => ({ address, balance: FUNDS.toString() })),
  }
}

let cached: Genesis | undefined

/**
 * PERF: takes the proofs of possession as good, which are no part of a genesis block: to make them
 * and to check them takes half a second of each test that has a chain (genesis.test.ts does).
 */
const believing: Bls = {
  ...blsNoble,
  provePossession: () => new Uint8Array(96),
  verifyPossession: () => true,
}

export function testGenesis(accounts?: readonly Hex[]): Genesis {
  if (accounts) return makeGenesis(readGenesis(genesisJson(accounts, believing), believing))
  cached ??= makeGenesis(readGenesis(genesisJson(undefined, believing), believing))
  return cached
}

export function testConfig(genesis: Genesis = testGenesis()) {
  const ports = { bls: blsNoble, secp256k1: secp256k1Noble, genesisHash: genesis.block.hash }
  return genesisConfig(genesis, chainModules(ports), { bls: blsNoble, vrf })
}

export function sign(from: Wallet, fields: Partial<UnsignedTransaction>): SentTransaction {
  const raw = signTransaction(
    {
      type: 2,
      chainId: CHAIN_ID,
      nonce: 0,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
      gasLimit: 21_000,
      to: `0x${'ee'.repeat(20)}`,
      value: 1n,
      data: new Uint8Array(0),
      accessList: [],
      ...fields,
    },
    from.secretKey,
    secp256k1Noble,
  )
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(decoded.detail)
  return { transaction: decoded.transaction, sender: from.address }
}

/** A sidecar of this view's proposer with its proof, and what else it brings. */
export function sidecarOf(
  rules: EpochRules,
  view: number,
  said: Pick<Sidecar, 'proposer' | 'parentView'> & Partial<Sidecar>,
): Uint8Array {
  const alpha = viewRandomness(rules.seed, rules.epoch, view)
  const vrfProof = vrf.prove(validatorSecret(said.proposer), alpha).proof
  return encodeSidecar(plainSidecar({ validatorSetHash: rules.setHash, vrfProof, ...said }))
}

/** What consensus would decide for the next block on `parent`. */
export function decide(
  parent: Parent,
  over: Partial<Decided> = {},
  { rules } = testGenesis(),
): Decided {
  const isFirst = parent.header.height + 1 === rules.startHeight
  const parentView = isFirst ? 0 : (unpackExtraData(parent.header.extraData)?.view ?? 0)
  const { view = parentView + 1 } = over
  const { proposer = view % rules.set.validators.length } = over
  return {
    timestampMs: headerTimeMs(parent.header) + 100,
    mode: rules.mode,
    epoch: rules.epoch,
    view,
    proposer,
    sidecar: sidecarOf(rules, view, { proposer, parentView }),
    ...over,
  }
}

export function build(
  parent: Parent,
  tree: StateTree,
  candidates: readonly SentTransaction[],
  genesis = testGenesis(),
): { block: Block; executed: Executed } {
  const decided = decide(parent, {}, genesis)
  const built = buildBlock(testConfig(genesis), parent, tree, decided, candidates)
  if (!built.ok) throw new Error(built.code)
  return built
}
