// A shard that lies on behalf of its sequencer: the real one, with what leaves it replaced.

import { ShardMessages } from '../../../actors/messages/shard.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import type { Hex } from '../../../lib/hex.ts'
import { bytesToHex } from '../../../lib/hex.ts'
import { sha256Bytes } from '../../../protocol/crypto/sha256.ts'
import { HEAD_WORDS } from '../../../protocol/rollup/body-layout.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  decodeClaim,
  encodeClaim,
  type UnsignedClaim,
} from '../../../protocol/rollup/claim.ts'
import { type Actor, actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import { simBls } from '../sim-crypto.ts'
import { GENESIS_HASH } from './rollup-chain.ts'

/**
 * wrong-root: claims another root than the state's; wrong-trace: another trace; bad-aggregate:
 * another signature in the body; withheld: claims a body that nobody gets; equivocate: two claims
 * with one number, both true, one for each half of the others.
 */
export type Lie = 'wrong-root' | 'wrong-trace' | 'bad-aggregate' | 'withheld' | 'equivocate'

interface Forged {
  readonly hash: Hex
  readonly claim: Uint8Array
  readonly body: Uint8Array
}

const OTHER: Hex = `0x${'5b'.repeat(32)}`

function forge(lie: Lie, secret: Uint8Array, claim: Claim, bytes: Uint8Array): Forged {
  let body = bytes
  let other: UnsignedClaim = claim
  if (lie === 'wrong-root') other = { ...claim, stateRoot: OTHER }
  else if (lie === 'wrong-trace') other = { ...claim, traceRoot: OTHER }
  else if (lie === 'withheld') other = { ...claim, bodyHash: OTHER }
  else if (lie === 'equivocate') {
    const { stateRoot, ...rest } = claim
    other = { ...rest, stateRoot: stateRoot && claim.number > 1 ? undefined : stateRoot }
  } else {
    body = bytes.slice()
    const at = 4 * HEAD_WORDS
    body[at] = (body[at] as number) ^ 1
    other = { ...claim, bodyHash: bytesToHex(sha256Bytes(body)) }
  }
  const hash = claimHash(other)
  const signature = simBls.sign(secret, claimDigest(GENESIS_HASH, hash))
  return { hash, claim: encodeClaim({ ...other, signature }), body }
}

export function liarShard(
  lie: Lie,
  secret: Uint8Array,
): Actor<(typeof ShardMessages)['verbs'], ShardProps> {
  return actor({
    ...ShardActor,
    messages: ShardMessages,
    setup(ctx, props: ShardProps) {
      const forged = new Map<Hex, Forged>()
      const replaced = (encoded: Uint8Array, body: Uint8Array): Forged => {
        const one = forge(lie, secret, decodeClaim(encoded), body)
        forged.set(one.hash, one)
        return one
      }
      let turn = 0
      const tell: Context['tell'] = (vocabulary, key, verb, message) => {
        if (vocabulary.kind !== 'shard' || verb !== 'Batch') {
          ctx.tell(vocabulary, key, verb, message)
          return
        }
        const { claim, body } = message as { claim: Uint8Array; body: Uint8Array }
        const one = replaced(claim, body)
        const isHonest = lie === 'equivocate' && turn++ % 2 === 0
        if (lie === 'withheld') return
        const said = isHonest ? { claim, body } : { claim: one.claim, body: one.body }
        ctx.reached('liar-lied')
        ctx.tell(ShardMessages, key, 'Batch', said)
      }
      const lying = new Proxy(ctx, {
        get: (target, name) => {
          if (name === 'tell') return tell
          const value = Reflect.get(target, name, target)
          return typeof value === 'function' ? value.bind(target) : value
        },
      })
      const honest = ShardActor.setup(lying, props)
      return {
        ...honest,
        Ready(asked, reply) {
          honest.Ready(asked, ({ claims }) => {
            const [first] = claims
            const one = first && [...forged.values()].find(({ claim }) => sameNumber(claim, first))
            reply({ claims: one ? [one.claim] : claims })
          })
        },
        Fetch(asked, reply) {
          const one = forged.get(asked.hash)
          const none = new Uint8Array(0)
          if (one && lie === 'withheld') reply({ code: 'NOT_HELD', claim: none, body: none })
          else if (one) reply({ code: '', claim: one.claim, body: one.body })
          else honest.Fetch(asked, reply)
        },
      }
    },
  })
}

function sameNumber(a: Uint8Array, b: Uint8Array): boolean {
  const [one, other] = [decodeClaim(a), decodeClaim(b)]
  return one.number === other.number && one.parent === other.parent
}
