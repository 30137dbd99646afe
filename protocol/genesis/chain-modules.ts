// The modules of every chain, with the signature checks that they need.

import type { Hex } from '../../lib/hex.ts'
import type { Bls, Secp256k1 } from '../crypto/signatures.ts'
import { createGovernanceModule } from '../governance/governance-module.ts'
import { createMarketModule } from '../market/market-module.ts'
import { type Modules, moduleRegistry } from '../modules/registry.ts'
import { createRollupModule } from '../rollup/rollup-module.ts'
import { createStakingModule } from '../staking/staking-module.ts'

export interface ModulePorts {
  readonly bls: Bls
  readonly secp256k1: Secp256k1
  /** Validators sign for one chain only. */
  readonly genesisHash: Hex
}

export function chainModules({ bls, secp256k1, genesisHash }: ModulePorts): Modules {
  return moduleRegistry(
    createMarketModule(secp256k1),
    createStakingModule({ bls, genesisHash }),
    createGovernanceModule(),
    createRollupModule({ bls, genesisHash }),
  )
}
