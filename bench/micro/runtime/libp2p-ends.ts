// What both processes of the bench over libp2p know of each other.

import { createHash } from 'node:crypto'
import { type Identity, identityOf } from '../../../transport/libp2p/identity.ts'

export const LOOPBACK = '/ip4/127.0.0.1/tcp/0'
export const CHANNEL = 'far|near'
export const BARE_COUNT = '/bench/count/1'
export const BARE_ECHO = '/bench/echo/1'

export interface FarAddresses {
  readonly bare: string
  readonly trunk: string
}

const identities = ['one', 'two']
  .map((name) => identityOf(createHash('sha256').update(name).digest()))
  .sort((a, b) => (a.peerId < b.peerId ? -1 : 1)) as [Identity, Identity]

/** The near process dials: its peer id is the smaller one. */
export const nearIdentity = (): Identity => identities[0]
export const farIdentity = (): Identity => identities[1]

export const place = (kind: string): string => (kind === 'bulk' ? 'far' : 'near')
