// Who a node is on links to others. On networks whose keys are public the identity follows from the
// node's name; elsewhere each node keeps a secret of its own, and the topology names its peer id.

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keccak_256 } from '@noble/hashes/sha3.js'
import type { Network } from '../../config/network.ts'
import type { NodeSpec } from '../../config/topology-schema.ts'
import { utf8 } from '../../lib/bytes.ts'
import { type Identity, identityOf, peerIdOf } from '../../transport/libp2p/identity.ts'

const SEED_BYTES = 32

function devSeed(name: string): Uint8Array {
  return keccak_256(utf8(`aitbc dev peer ${name}`))
}

/** The secret in the node's folder, made at its first start. */
function ownSeed(dataDirectory: string, name: string): Uint8Array {
  const folder = join(dataDirectory, 'nodes', name)
  const file = join(folder, 'peer.seed')
  if (!existsSync(file)) {
    mkdirSync(folder, { recursive: true })
    writeFileSync(file, randomBytes(SEED_BYTES), { mode: 0o600, flag: 'wx', flush: true })
  }
  return readFileSync(file)
}

export function nodeIdentity(network: Network, dataDirectory: string, name: string): Identity {
  return identityOf(network.keys === 'public' ? devSeed(name) : ownSeed(dataDirectory, name))
}

/** The peer id that a node must show; undefined when the topology should say it and does not. */
export function expectedPeer(
  keys: Network['keys'],
  name: string,
  node: NodeSpec,
): string | undefined {
  return node.peer ?? (keys === 'public' ? peerIdOf(devSeed(name)) : undefined)
}
