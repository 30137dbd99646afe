// A small chain for tests: four validators with real BLS keys, funded accounts with real secp256k1
// keys, the market module, and blocks built on each other.

import { bytesToHex, type Hex } from '../../lib/hex.ts'
import type { Block } from '../../protocol/block/block.ts'
import { headerTimeMs, unpackExtraData } from '../../protocol/block/extra-data.ts'
import { encodeSidecar, plainSidecar } from '../../protocol/block/sidecar.ts'
import { blsNoble } from '../../protocol/crypto/bls-noble.ts'
import { vrfNoble } from '../../protocol/crypto/ecvrf.ts'
import { addressOfSecret, secp256k1Noble } from '../../protocol/crypto/secp256k1-noble.ts'
import { buildBlock } from '../../protocol/execution/build-block.ts'
import type { Executed, SentTransaction } from '../../protocol/execution/execute-transactions.ts'
import type { Decided, Parent } from '../../protocol/execution/next-block.ts'
import { type Genesis, makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { readGenesis } from '../../protocol/genesis/genesis-spec.ts'
import { createMarketModule } from '../../protocol/market/market-module.ts'
import { moduleRegistry } from '../../protocol/modules/registry.ts'
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
export const GENESIS_SECONDS = 1_700_000_000

export function genesisJson(accounts: readonly Hex[] = WALLETS.map(({ address }) => address)) {
  return {
    chainId: Number(CHAIN_ID),
    timestamp: GENESIS_SECONDS,
    mode: 'FAST',
    validators: [0, 1, 2, 3].map((i) => {
      const secret = new Uint8Array(32).fill(i + 1)
      return {
        name: `validator${i}`,
        address: wallet(1000 + i).address,
        blsPublicKey: bytesToHex(blsNoble.publicKey(secret)),
        possession: bytesToHex(blsNoble.provePossession(secret)),
        vrfPublicKey: bytesToHex(vrfNoble.publicKey(secret)),
        stake: '1000',
      }
    }),
    accounts: accounts.map((address) => ({ address, balance: FUNDS.toString() })),
  }
}

export const MODULES = moduleRegistry(createMarketModule(secp256k1Noble))

let cached: Genesis | undefined

export function testGenesis(accounts?: readonly Hex[]): Genesis {
  if (accounts) return makeGenesis(readGenesis(genesisJson(accounts), blsNoble))
  cached ??= makeGenesis(readGenesis(genesisJson(), blsNoble))
  return cached
}

export function testConfig(genesis: Genesis = testGenesis()) {
  return genesisConfig(genesis, MODULES)
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

/** What consensus would decide for the next block on `parent`. */
export function decide(
  parent: Parent,
  over: Partial<Decided> = {},
  genesis = testGenesis(),
): Decided {
  const view = (unpackExtraData(parent.header.extraData)?.view ?? 0) + 1
  const proposer = over.proposer ?? view % 4
  return {
    timestampMs: headerTimeMs(parent.header) + 100,
    mode: 0,
    epoch: 0,
    view,
    proposer,
    randomness: `0x${'ab'.repeat(32)}`,
    sidecar: encodeSidecar(
      plainSidecar({
        validatorSetHash: genesis.validatorSetHash,
        proposer,
        parentView: view - 1,
      }),
    ),
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
