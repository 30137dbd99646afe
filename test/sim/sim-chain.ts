// The chain of the simulated cluster: four validators, a coordinator, a provider, people with
// money.

import { bytesToHex } from '../../lib/hex.ts'
import { chainModules } from '../../protocol/genesis/chain-modules.ts'
import { makeGenesis } from '../../protocol/genesis/genesis-block.ts'
import { genesisConfig } from '../../protocol/genesis/genesis-config.ts'
import { GENESIS_PARAMS_DEFAULT } from '../../protocol/genesis/genesis-params.ts'
import { simAddress, simBls, simSecp256k1, simVrf } from './sim-crypto.ts'

export const VALIDATORS = 4
export const PEOPLE = 4
export const WALL_START_MS = 1_800_000_000_000

export function secretKey(tag: number): Uint8Array {
  return new Uint8Array(32).fill(tag)
}

export const validatorKey = (i: number) => secretKey(1 + i)
export const personKey = (i: number) => secretKey(50 + i)
export const COORDINATOR_KEY = secretKey(40)
export const PROVIDER_KEY = secretKey(41)

const address = (key: Uint8Array) => bytesToHex(simAddress(key))
export const COORDINATOR = address(COORDINATOR_KEY)
export const PROVIDER = address(PROVIDER_KEY)
export const person = (i: number) => address(personKey(i))

const RICH = 10n ** 24n
const STAKE = 10n ** 22n

export const simGenesis = makeGenesis({
  chainId: 1337n,
  timestamp: WALL_START_MS / 1000 - 10,
  mode: 0,
  params: { ...GENESIS_PARAMS_DEFAULT, modePolicy: 1 },
  validators: Array.from({ length: VALIDATORS }, (_, i) => ({
    name: `v${i}`,
    address: address(validatorKey(i)),
    blsPublicKey: bytesToHex(simBls.publicKey(validatorKey(i))),
    possession: bytesToHex(simBls.provePossession(validatorKey(i))),
    vrfPublicKey: bytesToHex(simVrf.publicKey(validatorKey(i))),
    stake: STAKE,
    authority: true,
  })),
  accounts: [
    { address: COORDINATOR, balance: RICH, deposit: 0n, allowances: [] },
    { address: PROVIDER, balance: RICH, deposit: 0n, allowances: [] },
    ...Array.from({ length: PEOPLE }, (_, i) => ({
      address: person(i),
      balance: RICH,
      deposit: RICH,
      allowances: [{ operator: COORDINATOR, allowance: RICH }],
    })),
  ],
})

export const simConfig = genesisConfig(
  simGenesis,
  chainModules({ bls: simBls, secp256k1: simSecp256k1, genesisHash: simGenesis.block.hash }),
  { bls: simBls, vrf: simVrf },
)

/** Every wei there is: balances, deposits on the market's account, and bonded stakes. */
export const SUPPLY = RICH * BigInt(2 + 2 * PEOPLE) + STAKE * BigInt(VALIDATORS)
