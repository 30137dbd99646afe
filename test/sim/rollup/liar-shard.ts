// A shard that lies on behalf of its sequencer: the real one, with what leaves it replaced. Several
// liars work together: each says of the others' lies that they hold, and has blocks order them.

import { ShardMessages } from '../../../actors/messages/shard.ts'
import { ShardActor } from '../../../actors/shard/shard.ts'
import type { ShardProps } from '../../../actors/shard/shard-props.ts'
import type { Hex } from '../../../lib/hex.ts'
import { attestationDigest } from '../../../protocol/rollup/batch-certificate.ts'
import {
  type Claim,
  claimDigest,
  claimHash,
  decodeClaim,
  encodeClaim,
} from '../../../protocol/rollup/claim.ts'
import { type Actor, actor } from '../../../runtime/actor.ts'
import type { Context } from '../../../runtime/context.ts'
import type { Body } from '../../../runtime/messages.ts'
import { simBls } from '../sim-crypto.ts'
import { type Forged, forgeClaim, type Lie, type ToldLies } from './lies.ts'
import { withContext } from './with-context.ts'

export interface LiarProps {
  /** Of all liars. */
  readonly indices: readonly number[]
  readonly lie: Lie
  readonly secret: Uint8Array
  readonly genesisHash: Hex
  readonly shards: number
  readonly told: ToldLies
}

function isOwn({ secret, genesisHash }: LiarProps, claim: Claim): boolean {
  const digest = claimDigest(genesisHash, claimHash(claim))
  return simBls.verify(simBls.publicKey(secret), digest, claim.signature)
}

function forge({ lie, secret, genesisHash, shards }: LiarProps, claim: Claim, bytes: Uint8Array) {
  const { claim: other, body } = forgeClaim(lie, claim, bytes, shards)
  const hash = claimHash(other)
  const signature = simBls.sign(secret, claimDigest(genesisHash, hash))
  return { hash, number: claim.number, claim: encodeClaim({ ...other, signature }), body }
}

export function liarShard(liar: LiarProps): Actor<(typeof ShardMessages)['verbs'], ShardProps> {
  const { lie, told, indices } = liar
  return actor({
    ...ShardActor,
    messages: ShardMessages,
    setup(ctx, props: ShardProps) {
      /** Undefined where the lie would be the truth. */
      const replaced = (claim: Claim, body: Uint8Array): Forged | undefined => {
        const { shard, number, parent } = claim
        const made = forge(liar, claim, body)
        if (made.hash === claimHash(claim)) return undefined
        const one = { ...made, shard, number, parent, by: props.node }
        told.add(one)
        return one
      }
      let turn = 0
      /** As a member of the shard's committee he says of his own lie that it is true. */
      const attestForged = (key: string, message: unknown) => {
        const said = message as Body<(typeof ShardMessages)['verbs'], 'Attest'>
        const one = told.at(props.shard, said.number, props.node)
        if (!one) return
        const digest = attestationDigest(liar.genesisHash, one.hash)
        const signature = simBls.sign(liar.secret, digest)
        ctx.reached('lied-attested')
        ctx.tell(ShardMessages, key, 'Attest', { ...said, claim: one.hash, signature })
      }
      const tell: Context['tell'] = (vocabulary, key, verb, message) => {
        if (vocabulary.kind !== 'shard' || verb !== 'Batch') {
          ctx.tell(vocabulary, key, verb, message)
          if (vocabulary.kind === 'shard' && verb === 'Attest') attestForged(key, message)
          return
        }
        const { claim, body } = message as { claim: Uint8Array; body: Uint8Array }
        const decoded = decodeClaim(claim)
        const one = isOwn(liar, decoded) ? replaced(decoded, body) : undefined
        if (!one) {
          ctx.tell(vocabulary, key, verb, message)
          return
        }
        ctx.reached(`lied-${lie}`)
        const isHonest = lie === 'equivocate' && turn++ % 2 === 0
        if (lie === 'withheld') return
        const said = isHonest ? { claim, body } : { claim: one.claim, body: one.body }
        ctx.tell(ShardMessages, key, 'Batch', said)
      }
      const honest = ShardActor.setup(withContext(ctx, { tell }), props)
      return {
        ...honest,
        Ready(asked, reply) {
          honest.Ready(asked, ({ claims, certificates }) => {
            const isTime = claims.length > 0 || indices.length > 1
            const one = isTime ? told.on(asked.head) : undefined
            reply({ claims: one ? [one.claim] : claims, certificates: one ? [] : certificates })
          })
        },
        Hold(asked, reply) {
          const isLie = (claim: Uint8Array) => told.get(claimHash(decodeClaim(claim)))
          if (indices.length > 1 && asked.claims.some(isLie)) {
            ctx.reached('lie-vouched')
            reply({ code: '', detail: '' })
          } else honest.Hold(asked, reply)
        },
        Fetch(asked, reply) {
          const one = told.get(asked.hash)
          const none = new Uint8Array(0)
          if (one && lie === 'withheld') reply({ code: 'NOT_HELD', claim: none, body: none })
          else if (one) reply({ code: '', claim: one.claim, body: one.body })
          else honest.Fetch(asked, reply)
        },
      }
    },
  })
}
