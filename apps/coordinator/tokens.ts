// Access tokens: JWTs signed with a key that only this coordinator has (HS256, RFC 7519).

import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jwtVerify, SignJWT } from 'jose'
import { TOKEN_SECONDS } from '../../config/limits.ts'
import { type Hex, isHex } from '../../lib/hex.ts'

const ISSUER = 'aitbc-coordinator'
const KEY_BYTES = 32

function loadKey(dataDirectory: string): Uint8Array {
  const file = join(dataDirectory, 'coordinator.jwt.key')
  // A crash may have left less than a key: then everybody signs in again.
  const kept = existsSync(file) ? readFileSync(file) : undefined
  if (kept?.length === KEY_BYTES) return kept
  mkdirSync(dataDirectory, { recursive: true })
  const key = randomBytes(KEY_BYTES)
  writeFileSync(file, key, { mode: 0o600 })
  return key
}

export class Tokens {
  private readonly key: Uint8Array
  private readonly audience: string

  constructor(dataDirectory: string, genesisHash: Hex) {
    this.key = loadKey(dataDirectory)
    this.audience = genesisHash
  }

  async issue(address: Hex): Promise<{ token: string; expiresAt: string }> {
    const expires = Math.floor(Date.now() / 1000) + TOKEN_SECONDS
    const token = await new SignJWT({})
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(address)
      .setIssuer(ISSUER)
      .setAudience(this.audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(this.key)
    return { token, expiresAt: new Date(expires * 1000).toISOString() }
  }

  /** The account, or undefined for a token that is not ours or not good any more. */
  async account(token: string): Promise<Hex | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.key, {
        issuer: ISSUER,
        audience: this.audience,
        algorithms: ['HS256'],
      })
      return isHex(payload.sub, 20) ? payload.sub : undefined
    } catch {
      return undefined
    }
  }
}
