// What a running node says of its own keys: that the chain has put one out for ever, and, after a
// start without its sign record, when it signs again.

import { ValidatorMessages } from '../../../actors/messages/validator.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { KEYS_WATCH_MS } from '../../../config/limits.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import type { Host } from '../../../runtime/host.ts'
import { validatorOfKey } from '../validator-of-key.ts'
import { keyFolderOf } from './key-folder.ts'
import type { NodeKeys } from './node-keys.ts'
import { signStateFound } from './sign-state.ts'

const ASK_MS = 5000
const EPOCHS_WAITED = 2

export interface WatchedKeys {
  readonly host: Host
  readonly dataDirectory: string
  /** What tells networks apart. */
  readonly mark: string
  readonly keys: Readonly<Record<string, NodeKeys>>
  warn(message: string): void
}

async function isOut(host: Host, node: string, consensus: Uint8Array): Promise<boolean> {
  const key = bytesToHex(blsNative.publicKey(consensus))
  return (await validatorOfKey(host, node, key))?.status === 'tombstoned'
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
