// The rollup's part of the genesis of a bench's network, out of the file that the nodes read.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { readGenesis } from '../../../protocol/genesis/genesis-spec.ts'
import type { RollupConfig } from '../../../protocol/rollup/rollup-storage.ts'

export function readRollupConfig(dataDirectory: string): RollupConfig {
  const text = readFileSync(join(dataDirectory, '..', 'bench.json'), 'utf8')
  const { genesis } = JSON.parse(text) as { genesis: unknown }
  return readGenesis(genesis, blsNative).params.rollup
}
