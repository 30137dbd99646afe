// The first block and its state. Its hash commits to everything in the genesis: accounts by the
// state root, validators by the sidecar, the chain id by mixHash.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { type Block, makeBlock } from '../block/block.ts'
import { BLOOM_BYTES } from '../block/bloom.ts'
import { packExtraData } from '../block/extra-data.ts'
import { FIXED_FIELDS } from '../block/fixed-fields.ts'
import { encodeSidecar, plainSidecar, sidecarRoot } from '../block/sidecar.ts'
import { BALANCED_STAKE_PUBLISHED, type EpochRules } from '../consensus/epoch-rules.ts'
import { type ValidatorSet, validatorSetHash } from '../consensus/validator-set.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { allowanceSlot, depositSlot, TOTAL_DEPOSITS_SLOT } from '../market/market-storage.ts'
import {
  BASE_FEE_INITIAL,
  BLOCK_GAS_LIMITS,
  EPOCH_BLOCKS,
  EPOCH_MS,
  MARKET_ADDRESS,
} from '../params.ts'
import type { Account } from '../state/account.ts'
import {
  applyChanges,
  EMPTY_STATE,
  type StateChanges,
  type StateTree,
  stateRoot,
} from '../state/state-tree.ts'
import { EMPTY_ROOT } from '../trie/trie.ts'
import type { GenesisSpec } from './genesis-spec.ts'

export interface Genesis {
  readonly chainId: bigint
  readonly block: Block
  readonly validatorSet: ValidatorSet
  readonly validatorSetHash: Hex
  /** Of the first epoch. */
  readonly rules: EpochRules
  readonly tree: StateTree
  readonly accounts: ReadonlyMap<Hex, Account>
  readonly changes: StateChanges
}

/** Epoch of the genesis and of the validator set that it names. */
export const FIRST_EPOCH = 0
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const NO_PARENT: Hex = `0x${'00'.repeat(32)}`

/** Authorities first, each part in the order of the file. */
export function genesisValidatorSet(spec: GenesisSpec): ValidatorSet {
  const first = spec.validators.filter(({ authority }) => authority)
  const then = spec.validators.filter(({ authority }) => !authority)
  const validators = [...first, ...then].map((validator, index) => {
    const { address, blsPublicKey, vrfPublicKey, stake, authority } = validator
    return { index, address, blsPublicKey, vrfPublicKey, stake, authority }
  })
  return { validators }
}

function genesisChanges(spec: GenesisSpec): StateChanges {
  const accounts = new Map<Hex, { nonce: number; balance: bigint }>()
  const pay = (address: Hex, amount: bigint) => {
    const balance = (accounts.get(address)?.balance ?? 0n) + amount
    accounts.set(address, { nonce: 0, balance })
  }
  const slots = new Map<Hex, bigint>()
  let deposits = 0n
  for (const { address, balance, deposit, allowances } of spec.accounts) {
    pay(address, balance)
    for (const { operator, allowance } of allowances) {
      slots.set(allowanceSlot(address, operator), allowance)
    }
    if (deposit === 0n) continue
    deposits += deposit
    slots.set(depositSlot(address), deposit)
  }
  if (slots.size === 0) return { accounts, storage: new Map() }
  pay(MARKET_ADDRESS, deposits)
  slots.set(TOTAL_DEPOSITS_SLOT, deposits)
  return { accounts, storage: new Map([[MARKET_ADDRESS, slots]]) }
}

export function makeGenesis(spec: GenesisSpec): Genesis {
  const validatorSet = genesisValidatorSet(spec)
  const setHash = validatorSetHash(validatorSet)
  const changes = genesisChanges(spec)
  const { tree, accounts } = applyChanges(EMPTY_STATE, changes)
  const sidecar = encodeSidecar(
    plainSidecar({ validatorSetHash: setHash, proposer: 0, parentView: 0 }),
  )
  const block = makeBlock(
    {
      ...FIXED_FIELDS,
      parentHash: NO_PARENT,
      coinbase: NOBODY,
      stateRoot: stateRoot(tree),
      transactionsRoot: EMPTY_ROOT,
      receiptsRoot: EMPTY_ROOT,
      logsBloom: bytesToHex(new Uint8Array(BLOOM_BYTES)),
      height: 0,
      gasLimit: BLOCK_GAS_LIMITS[spec.mode],
      gasUsed: 0,
      timestamp: spec.timestamp,
      extraData: packExtraData({ mode: spec.mode, epoch: FIRST_EPOCH, view: 0, ms: 0 }),
      mixHash: keccakHex(concatBytes(utf8('aitbc-genesis-v1'), u64(Number(spec.chainId)))),
      baseFeePerGas: BASE_FEE_INITIAL,
      parentBeaconBlockRoot: sidecarRoot(sidecar),
    },
    [],
    sidecar,
  )
  const rules: EpochRules = {
    epoch: FIRST_EPOCH,
    mode: spec.mode,
    balancedStake: BALANCED_STAKE_PUBLISHED,
    set: validatorSet,
    setHash,
    seed: block.hash,
    startHeight: 1,
    startMs: spec.timestamp * 1000,
    epochBlocks: EPOCH_BLOCKS[spec.mode],
    epochMs: EPOCH_MS,
  }
  const { chainId } = spec
  return { chainId, block, validatorSet, validatorSetHash: setHash, rules, tree, accounts, changes }
}
