// Sign-in messages (EIP-4361): each nonce is good for one sign-in of one address, for a short time.

import { randomBytes } from 'node:crypto'
import { getAddress } from 'viem'
import { createSiweMessage } from 'viem/siwe'
import { NONCE_SECONDS, NONCES_MAX } from '../../config/limits.ts'
import type { Hex } from '../../lib/hex.ts'

interface Issued {
  readonly address: Hex
  readonly message: string
  readonly expiresAtMs: number
}

export class Nonces {
  private readonly chainId: number
  /** Host and port that the messages name; where the server listens. */
  domain = '127.0.0.1'
  private readonly byNonce = new Map<string, Issued>()

  constructor(chainId: bigint) {
    this.chainId = Number(chainId)
  }

  issue(address: Hex): { nonce: string; message: string; expiresAt: string } {
    const now = Date.now()
    for (const [nonce, { expiresAtMs }] of this.byNonce) {
      if (expiresAtMs < now || this.byNonce.size >= NONCES_MAX) this.byNonce.delete(nonce)
      else break
    }
    const nonce = randomBytes(12).toString('hex')
    const expiresAtMs = now + NONCE_SECONDS * 1000
    const message = createSiweMessage({
      address: getAddress(address),
      chainId: this.chainId,
      domain: this.domain,
      nonce,
      uri: `http://${this.domain}`,
      version: '1',
      statement: 'Sign in to AITBC. This costs nothing and moves no money.',
      issuedAt: new Date(now),
      expirationTime: new Date(expiresAtMs),
    })
    this.byNonce.set(nonce, { address, message, expiresAtMs })
    return { nonce, message, expiresAt: new Date(expiresAtMs).toISOString() }
  }

  /** The newest message that was issued to an address and is still good. */
  latestMessage(address: Hex): string | undefined {
    let latest: string | undefined
    for (const issued of this.byNonce.values()) {
      if (issued.address === address && issued.expiresAtMs > Date.now()) latest = issued.message
    }
    return latest
  }

  /** True exactly once for a nonce that was issued to this address and has not expired. */
  use(nonce: string, address: Hex, message: string): boolean {
    const issued = this.byNonce.get(nonce)
    if (issued?.address !== address || issued.message !== message) return false
    this.byNonce.delete(nonce)
    return issued.expiresAtMs > Date.now()
  }
}
