// What a running node says of its own keys: that the chain has put one out for ever, and, after a
// start without its sign record, when it signs again.

import { ArchiveMessages } from '../../../actors/messages/archive.ts'
import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { KEYS_WATCH_MS } from '../../../config/limits.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { decodeArguments } from '../../../protocol/abi/codec.ts'
import { STAKING_ADDRESS } from '../../../protocol/params.ts'
import { OPERATOR_OF_KEY } from '../../../protocol/staking/staking-abi.ts'
import {
  decodeValidatorOf,
  encodeOperatorOfKey,
  encodeValidatorOf,
} from '../../../protocol/staking/staking-calls.ts'
import type { Host } from '../../../runtime/host.ts'
import { keyFolderOf } from './key-folder.ts'
import type { NodeKeys } from './node-keys.ts'
import { signStateFound } from './sign-state.ts'

const ASK_MS = 5000
const NOBODY: Hex = `0x${'00'.repeat(20)}`
const VIEW_GAS = 10_000_000
const EPOCHS_WAITED = 2

export interface WatchedKeys {
  readonly host: Host
  readonly dataDirectory: string
  /** What tells networks apart. */
  readonly mark: string
  readonly keys: Readonly<Record<string, NodeKeys>>
  warn(message: string): void
}

async function view(host: Host, node: string, data: Uint8Array): Promise<Uint8Array> {
  const call = { from: NOBODY, to: STAKING_ADDRESS, value: 0n, data, gas: VIEW_GAS, gasPrice: 0n }
  const answer = await host.edge.ask(ArchiveMessages, node, 'Call', call, { within: ASK_MS })
  return answer.output
}

/** As this node's own chain says, which may be behind. */
async function isOut(host: Host, node: string, consensus: Uint8Array): Promise<boolean> {
  const key = bytesToHex(blsNative.publicKey(consensus))
  const output = await view(host, node, encodeOperatorOfKey(key))
  const [operator] = decodeArguments(OPERATOR_OF_KEY.outputs, output)
  if (operator === NOBODY) return false
  return (
    decodeValidatorOf(await view(host, node, encodeValidatorOf(operator))).status === 'tombstoned'
  )
}

/** The result ends the watching. */
export function watchKeys({ host, dataDirectory, mark, keys, warn }: WatchedKeys): () => void {
  const timers = new Set<NodeJS.Timeout>()
  const waitForSigning = (node: string) => {
    let first: number | undefined
    const timer = setInterval(async () => {
      const status = await host.edge
        .ask(ValidatorMessages, node, 'Status', null, { within: ASK_MS })
        .catch(() => undefined)
      if (!status || status.syncing) return
      first ??= status.epoch
      // One more than the core waits: what is written here is not taken back.
      const waited = status.epoch > first + EPOCHS_WAITED
      if (!waited || status.index === undefined || status.silenced) return
      clearInterval(timer)
      timers.delete(timer)
      signStateFound(keyFolderOf(dataDirectory, node), mark)
      warn(`${node} votes again`)
    }, KEYS_WATCH_MS)
    timers.add(timer)
  }
  for (const [node, { secrets, lostSignState }] of Object.entries(keys)) {
    if (lostSignState) waitForSigning(node)
    if (!secrets.consensus) continue
    void isOut(host, node, secrets.consensus).then(
      (out) => {
        if (!out) return
        warn(`the key of ${node} signed twice and is out for ever: never start with it again`)
      },
      // A node that cannot read its own chain has louder worries.
      () => {},
    )
  }
  return () => {
    for (const timer of timers) clearInterval(timer)
  }
}
