// Replays a recording of a live actor: `npm run sim -- --replay FILE`. What a file never holds,
// functions and secrets, is completed here; keys are known for the development network only.

import { readFileSync } from 'node:fs'
import { Mempool, type MempoolProps } from '../../actors/mempool/mempool.ts'
import { Scheduler } from '../../actors/scheduler/scheduler.ts'
import { devAccounts } from '../../apps/node/dev-keys.ts'
import { secp256k1Native } from '../../compute/crypto/secp256k1-native.ts'
import { hexToBytes } from '../../lib/hex.ts'
import { decodeRecords, type Header } from '../../runtime/recorder/recording.ts'
import { headerOf, type Replayed, replay } from '../../runtime/recorder/replay.ts'

type SchedulerProps = Parameters<typeof Scheduler.setup>[1]

function schedulerProps({ props }: Header): SchedulerProps {
  const data = props as SchedulerProps
  const account = devAccounts().find(({ address }) => address === data.address)
  if (!account) throw new Error(`the key of ${data.address} is not known here`)
  return { ...data, secretKey: hexToBytes(account.privateKey), secp256k1: secp256k1Native }
}

const REPLAYED: Readonly<Record<string, (bytes: Uint8Array) => Replayed>> = {
  mempool: (bytes) => replay(bytes, Mempool, ({ props }) => props as MempoolProps),
  scheduler: (bytes) => replay(bytes, Scheduler, schedulerProps),
}

/** Exit status: 0 when the actor did the same and came to the same state. */
export function replayFile(path: string, json: boolean): number {
  const bytes = readFileSync(path)
  const { kind } = headerOf(decodeRecords(bytes))
  const run = REPLAYED[kind]
  if (!run) {
    process.stderr.write(`${kind} cannot be replayed: only ${Object.keys(REPLAYED).join(', ')}\n`)
    return 2
  }
  const replayed = run(bytes)
  const { header, inputs, effects, end, state, divergence } = replayed
  if (json) {
    const { key, host, incarnation } = header
    const report = { kind, key, host, incarnation, inputs, effects, end, state, divergence }
    const text = JSON.stringify({ ok: divergence === undefined, ...report }, (_, value) =>
      typeof value === 'bigint' ? value.toString() : value,
    )
    process.stdout.write(`${text}\n`)
  } else {
    process.stdout.write(
      `${kind}/${header.key} of ${header.host}, incarnation ${header.incarnation}: ${inputs} inputs, ` +
        `${effects} effects, ended: ${end}\n`,
    )
    process.stdout.write(
      divergence
        ? `diverged at record ${divergence.record}: ${divergence.detail}\n`
        : 'the replay did the same and came to the same state\n',
    )
  }
  return divergence ? 1 : 0
}
