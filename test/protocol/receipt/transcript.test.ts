// The transcript tree: RFC 6962's shape, proofs for every chunk, and no proof for anything else.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  transcriptProof,
  transcriptRoot,
  verifyChunk,
} from '../../../protocol/receipt/transcript.ts'

const sha = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaf = (index: number, text: string) =>
  sha(Buffer.from([0, 0, 0, 0, index]), Buffer.from(text))
const node = (a: Uint8Array, b: Uint8Array) => sha(Buffer.from([1]), a, b)

test('small trees, written out with another SHA-256', () => {
  assert.is(transcriptRoot([]), `0x${sha().toString('hex')}`)
  const [a, b, c] = [leaf(0, 'Once'), leaf(1, ' upon'), leaf(2, ' é')] as const
  assert.is(transcriptRoot(['Once']), `0x${a.toString('hex')}`)
  assert.is(transcriptRoot(['Once', ' upon', ' é']), `0x${node(node(a, b), c).toString('hex')}`)
})

test('every chunk has a proof; another chunk, index or count does not fit it', () => {
  fc.assert(
    fc.property(
      fc.array(fc.string(), { minLength: 1, maxLength: 20 }),
      fc.nat(),
      (chunks, pick) => {
        const index = pick % chunks.length
        const root = transcriptRoot(chunks)
        const proof = transcriptProof(chunks, index)
        const chunk = chunks[index] as string
        assert.ok(verifyChunk(root, chunks.length, index, chunk, proof))
        assert.not.ok(verifyChunk(root, chunks.length, index, `${chunk}.`, proof))
        assert.not.ok(verifyChunk(root, chunks.length, index + 1, chunk, proof))
        assert.not.ok(verifyChunk(root, chunks.length, index, chunk, [...proof, root]))
        assert.is.not(transcriptRoot(chunks.slice(0, -1)), root)
      },
    ),
    { numRuns: 200 },
  )
})

test.run()
