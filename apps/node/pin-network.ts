// network.json in the data folder: what clients of this cluster pin, for verifying receipts
// offline.

import { writeFileSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import type { Network } from '../../config/network.ts'

/** `reference`: as the topology calls it; the path of a file is kept for those who need it all. */
export function pinNetwork(folder: string, network: Network, reference: string): void {
  const { name, genesisHash, validatorSetHash } = network
  const file = isAbsolute(reference) ? { file: reference } : {}
  const text = JSON.stringify({ name, genesisHash, validatorSetHash, ...file }, null, 2)
  writeFileSync(join(folder, 'network.json'), `${text}\n`)
}

/** How a data folder names the network it belongs to. */
export function networkMark(network: Network): string {
  return `${network.name} ${network.genesisHash}`
}
