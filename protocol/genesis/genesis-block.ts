// The first block and its state. Its hash commits to everything in the genesis: accounts, stakes
// and rules by the state root, validators by the sidecar too, the chain id by mixHash.

import { concatBytes, u64, utf8 } from '../../lib/bytes.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { type Block, makeBlock } from '../block/block.ts'
import { BLOOM_BYTES } from '../block/bloom.ts'
import { packExtraData } from '../block/extra-data.ts'
import { FIXED_FIELDS } from '../block/fixed-fields.ts'
import { encodeSidecar, plainSidecar, sidecarRoot } from '../block/sidecar.ts'
import type { EpochRules } from '../consensus/epoch-rules.ts'
import type { ValidatorSet } from '../consensus/validator-set.ts'
import { keccakHex } from '../crypto/keccak.ts'
import { BASE_FEE_INITIAL, BLOCK_GAS_LIMITS } from '../params.ts'
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
import { FIRST_EPOCH, genesisChanges, genesisRules } from './genesis-state.ts'

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

const NOBODY: Hex = `0x${'00'.repeat(20)}`
const NO_PARENT: Hex = `0x${'00'.repeat(32)}`

export function makeGenesis(spec: GenesisSpec): Genesis {
  const rules = genesisRules(spec)
  const { set: validatorSet, setHash } = rules
  const changes = genesisChanges(spec, rules)
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
  const { chainId } = spec
  return { chainId, block, validatorSet, validatorSetHash: setHash, rules, tree, accounts, changes }
}
