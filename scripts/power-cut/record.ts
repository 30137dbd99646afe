// One recording: a node under transfers in a User-Mode Linux guest whose disk logs every write, and
// what its gateway showed as final to the guest's client, in the order of the marks in that log.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { loadNetwork } from '../../config/network.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { RigError } from '../../test/e2e/rig/rig-error.ts'

export const DISK_BYTES = 256 * 1024 * 1024
const LOG_BYTES = 4 * 1024 * 1024 * 1024
const GUEST_MEMORY = '2048M'
const TRANSFERS = 1000
const START_MS = 900_000

const TOPOLOGY = `name: power-cut
network: dev
process: shared
nodes:
  node0: { roles: [validator, gateway], ports: { rpc: 8545 } }
  node1: { roles: [validator] }
  node2: { roles: [validator] }
  node3: { roles: [validator] }
`

export interface Acknowledged {
  readonly hash: string
  /** Hash of its block. */
  readonly block: string
}

export interface Recording {
  readonly log: string
  readonly topologyFile: string
  readonly acknowledged: readonly Acknowledged[]
}

async function signTransfers(): Promise<{ raw: string; hash: string }[]> {
  const account = privateKeyToAccount(devAccount('alice').privateKey)
  const to = devAccount('bob').address
  const { chainId } = loadNetwork('dev').genesis as { chainId: number }
  const signed = []
  for (let nonce = 0; nonce < TRANSFERS; nonce++) {
    const raw = await account.signTransaction({
      type: 'eip1559',
      chainId,
      nonce,
      to,
      value: 1n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 11n,
      maxPriorityFeePerGas: 10n ** 9n,
    })
    signed.push({ raw, hash: keccak256(raw) })
  }
  return signed
}

function emptyFile(file: string, bytes: number): string {
  writeFileSync(file, '')
  truncateSync(file, bytes)
  return file
}

/** Throws RigError when the guest cannot be made or nothing was acknowledged in it. */
export async function record(
  folder: string,
  seconds: number,
  progress: (text: string) => void,
): Promise<Recording> {
  const topologyFile = join(folder, 'topology.yaml')
  const acknowledgedFile = join(folder, 'acknowledged')
  mkdirSync(join(folder, 'disk'))
  writeFileSync(topologyFile, TOPOLOGY)
  writeFileSync(join(folder, 'transfers.json'), JSON.stringify(await signTransfers()))
  const log = emptyFile(join(folder, 'writes.log'), LOG_BYTES)
  const args = [
    `mem=${GUEST_MEMORY}`,
    'root=/dev/root',
    'rootfstype=hostfs',
    'rootflags=/',
    'rw',
    'quiet',
    `init=${join(packageRoot(), 'scripts', 'power-cut', 'guest.sh')}`,
    `ubd0=${emptyFile(join(folder, 'disk.image'), DISK_BYTES)}`,
    `ubd1=${log}`,
    'con=null',
    'con0=null,fd:1',
    `RUN_FOLDER=${folder}`,
    `RUN_PROGRAM=${packageRoot()}`,
    `RUN_SECONDS=${seconds}`,
  ]
  progress('a guest starts a network on a disk that logs its writes')
  const limit = START_MS + seconds * 1000
  const guest = spawnSync('linux.uml', args, { encoding: 'utf8', timeout: limit })
  const tail = guest.stdout.trim().split('\n').slice(-5).join('\n       ')
  if (!existsSync(acknowledgedFile)) {
    const hint = `read ${join(folder, 'node.log')}`
    throw new RigError('nothing was acknowledged in the guest', tail, hint)
  }
  const lines = readFileSync(acknowledgedFile, 'utf8').trim().split('\n')
  const acknowledged = lines.map((line) => JSON.parse(line) as Acknowledged)
  return { log, topologyFile, acknowledged }
}
