// The final blocks of a run as a light client sees them, which trusts no node: it begins with the
// checkpoint that the network had when the run began, follows the stake's checkpoints from epoch to
// epoch, and verifies the certificates of blocks spread over the chain.

import { type Invariant, invariant } from '../../../../apps/cli/chaos/check/invariant.ts'
import type { Rpc } from '../../../../apps/cli/chaos/rpc.ts'
import type { LightCheckpoint } from '../../../../protocol/light/light-checkpoint.ts'
import { LightClient } from '../../../../sdk/light/light-client.ts'
import { httpAsk } from '../../../../sdk/light/light-rpc.ts'
import { makeCheckpoint } from '../../../../sdk/light/make-checkpoint.ts'
import { RigError } from '../rig-error.ts'

const SAMPLES = 12

/** Of the network's published genesis; a node that shows another one is on another network. */
export async function firstCheckpoint(url: string, genesisHash: string): Promise<LightCheckpoint> {
  const checkpoint = await makeCheckpoint(httpAsk(url))
  if (checkpoint.chain.genesisHash === genesisHash) return checkpoint
  const why = `a node has the genesis ${checkpoint.chain.genesisHash}, not ${genesisHash}`
  throw new RigError('the nodes are on another network', why, 'build it again: npm run build')
}

export async function certificatesVerify(
  rpc: Rpc,
  height: number,
  checkpoint: LightCheckpoint,
): Promise<Invariant> {
  const client = new LightClient({ checkpoint, ask: httpAsk(rpc.url), nowMs: Date.now() })
  const count = Math.min(SAMPLES, height)
  const wrongs: string[] = []
  const epochs = new Set<number>()
  for (let i = 1; i <= count; i++) {
    const at = Math.round((i * height) / count)
    try {
      const number = `0x${at.toString(16)}`
      const block = (await rpc.call('eth_getBlockByNumber', number, false)) as { hash: string }
      const { hash, epoch } = await client.header(at)
      epochs.add(epoch)
      if (hash !== block.hash)
        wrongs.push(`block ${at} is shown as ${block.hash}, proved is ${hash}`)
    } catch (error) {
      wrongs.push(`block ${at}: ${(error as Error).message}`)
    }
  }
  const which = `${count} blocks of ${epochs.size} epochs up to ${height}`
  return invariant('certificates-verify', wrongs, `${which} are proved to a light client`)
}
