// network.json in the data folder: what clients of this cluster pin, for verifying receipts
// offline.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Network } from '../../config/network.ts'

export function pinNetwork(folder: string, network: Network): void {
  const { name, genesisHash, validatorSetHash } = network
  const text = JSON.stringify({ name, genesisHash, validatorSetHash }, null, 2)
  writeFileSync(join(folder, 'network.json'), `${text}\n`)
}

/** How a data folder names the network it belongs to. */
export function networkMark(network: Network): string {
  return `${network.name} ${network.genesisHash}`
}
