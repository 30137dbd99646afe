// One recording: a node under transfers in a User-Mode Linux guest whose disk logs every write, and
// what its gateway showed as final to the guest's client, in the order of the marks in that log.

import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { keccak256 } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../apps/node/dev-keys.ts'
import { packageRoot } from '../../lib/package-root.ts'
import { RigError } from '../../test/e2e/rig/rig-error.ts'
import { aitbc } from '../soak/cluster.ts'

export const DISK_BYTES = 256 * 1024 * 1024
const LOG_BYTES = 4 * 1024 * 1024 * 1024
const GUEST_MEMORY = '2048M'
const TRANSFERS = 1000
const SENDER = 'alice'
const CHAIN_ID = 4242
const START_MS = 900_000

export interface Acknowledged {
  readonly hash: string
  /** Hash of its block. */
  readonly block: string
}

export interface Recording {
  readonly log: string
  readonly passwordFile: string
  readonly topologyFile: string
  readonly acknowledged: readonly Acknowledged[]
}

interface SoloNetwork {
  readonly topologyFile: string
  readonly passwordFile: string
}

/** One validator with a key of its own: nobody else has what its disk loses. */
function makeNetwork(folder: string): SoloNetwork {
  const passwordFile = join(folder, 'password')
  writeFileSync(passwordFile, 'power cut\n')
  const place = ['--data', join(folder, 'data'), '--node', 'node0', '--password-file', passwordFile]
  aitbc(['keys', 'new', ...place, '--light-kdf'])
  const identity = join(folder, 'identity.json')
  writeFileSync(identity, aitbc(['keys', 'show', '--public', ...place]))
  const money = `${devAccount(SENDER).address}=1000`
  const chain = ['--chain-id', String(CHAIN_ID), '--account', money, '--out', folder, '--json']
  const made = JSON.parse(aitbc(['network', 'new', 'solo', '--validators', identity, ...chain]))
  const topologyFile = made.topology_file as string
  const text = readFileSync(topologyFile, 'utf8')
  writeFileSync(topologyFile, text.replace('process: each', 'process: shared'))
  return { topologyFile, passwordFile }
}

async function signTransfers(): Promise<{ raw: string; hash: string }[]> {
  const account = privateKeyToAccount(devAccount(SENDER).privateKey)
  const to = devAccount('bob').address
  const signed = []
  for (let nonce = 0; nonce < TRANSFERS; nonce++) {
    const raw = await account.signTransaction({
      type: 'eip1559',
      chainId: CHAIN_ID,
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
  const acknowledgedFile = join(folder, 'acknowledged')
  mkdirSync(join(folder, 'disk'))
  const { topologyFile, passwordFile } = makeNetwork(folder)
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
    `RUN_TOPOLOGY=${topologyFile}`,
    `RUN_PROGRAM=${packageRoot()}`,
    `RUN_SECONDS=${seconds}`,
  ]
  progress('a guest starts a node on a disk that logs its writes')
  const limit = START_MS + seconds * 1000
  const guest = spawnSync('linux.uml', args, { encoding: 'utf8', timeout: limit })
  const tail = guest.stdout.trim().split('\n').slice(-5).join('\n       ')
  if (!existsSync(acknowledgedFile)) {
    const hint = 'read node.log in the folder that is kept'
    throw new RigError('nothing was acknowledged in the guest', tail, hint)
  }
  const lines = readFileSync(acknowledgedFile, 'utf8').trim().split('\n')
  const acknowledged = lines.map((line) => JSON.parse(line) as Acknowledged)
  return { log, topologyFile, passwordFile, acknowledged }
}
