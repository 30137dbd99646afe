// Two processes' worth of trunks inside one, over loopback TCP, for tests.

import { createHash } from 'node:crypto'
import type { Carrier } from '../../transport/carrier.ts'
import { type Identity, identityOf } from '../../transport/libp2p/identity.ts'
import {
  startTrunks,
  type Trunks,
  type TrunksOptions,
} from '../../transport/libp2p/start-trunks.ts'

export const LOOPBACK = '/ip4/127.0.0.1/tcp/0'

export function identityNamed(name: string): Identity {
  return identityOf(createHash('sha256').update(name).digest())
}

/** Two identities of which the first dials the second. */
export function dialerAndListener(): [Identity, Identity] {
  const both = [identityNamed('one'), identityNamed('two')] as [Identity, Identity]
  return both[0].peerId < both[1].peerId ? both : [both[1], both[0]]
}

export interface Side {
  readonly trunks: Trunks
  /** Every carrier so far, and why those that ended did. */
  readonly carriers: Carrier[]
  readonly downs: string[]
  readonly log: [string, Record<string, unknown>][]
}

/** Starts one side; `onTrunk` may take the carrier over, its downs are noted otherwise. */
export async function startSide(
  options: Pick<TrunksOptions, 'identity' | 'peers' | 'clock'> & { listen?: string },
  onTrunk?: (carrier: Carrier) => void,
): Promise<Side> {
  const side = { carriers: [] as Carrier[], downs: [] as string[], log: [] as Side['log'] }
  const trunks = await startTrunks({
    process: 'test',
    listen: LOOPBACK,
    ...options,
    onTrunk(_, carrier) {
      side.carriers.push(carrier)
      if (onTrunk) onTrunk(carrier)
      else carrier.onDown((why) => side.downs.push(why))
    },
    log: (event, fields) => side.log.push([event, fields]),
  })
  return { trunks, ...side }
}

/** A listening side and one that dials it. */
export async function startPair(
  onTrunk?: (carrier: Carrier, side: 'dialer' | 'listener') => void,
): Promise<[Side, Side]> {
  const [dialer, listener] = dialerAndListener()
  const far = await startSide(
    {
      identity: listener,
      peers: [{ name: 'dialer', peerId: dialer.peerId, address: LOOPBACK }],
    },
    onTrunk && ((carrier) => onTrunk(carrier, 'listener')),
  )
  const address = far.trunks.addresses[0] as string
  const near = await startSide(
    {
      identity: dialer,
      peers: [{ name: 'listener', peerId: listener.peerId, address }],
    },
    onTrunk && ((carrier) => onTrunk(carrier, 'dialer')),
  )
  return [near, far]
}
