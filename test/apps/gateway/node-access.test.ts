// Failover by itself: an edge whose nodes fail on demand.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { NodeAccess } from '../../../apps/gateway/node-access.ts'
import type { Edge } from '../../../runtime/edge.ts'

interface Asked {
  readonly node: string
  readonly verb: string
}

/** Nodes in `down` fail; the others answer with `answer`. */
function fakeEdge(answer: (asked: Asked) => unknown) {
  const down = new Set<string>()
  const asked: Asked[] = []
  const edge = {
    tell() {},
    async ask(_vocabulary: unknown, node: string, verb: string) {
      asked.push({ node, verb })
      if (down.has(node)) throw new Error(`${node} is down`)
      return answer({ node, verb })
    },
  } as unknown as Edge
  return { edge, down, asked }
}

test('the same node is asked as long as it answers, then the next, with one line for each', async () => {
  const { edge, down, asked } = fakeEdge(({ node }) => ({ height: 1, hash: node }))
  const said: string[] = []
  const access = new NodeAccess(edge, ['a', 'b', 'c'], (line) => said.push(line))
  await access.head()
  await access.head()
  assert.equal(
    asked.map(({ node }) => node),
    ['a', 'a'],
  )
  down.add('a').add('b')
  assert.is((await access.head()).hash as string, 'c')
  assert.equal(access.nodes(), ['c', 'a', 'b'])
  down.delete('a')
  assert.is((await access.head()).hash as string, 'c', 'it does not go back by itself')
  down.add('c')
  assert.is((await access.head()).hash as string, 'a')
  assert.equal(
    said.map((line) => line.split(' (')[0]),
    ['node a does not answer', 'node c does not answer'],
  )
})

test('all down: an error, one line, and it heals', async () => {
  const { edge, down } = fakeEdge(() => ({ height: 1 }))
  const said: string[] = []
  const access = new NodeAccess(edge, ['a', 'b'], (line) => said.push(line))
  down.add('a').add('b')
  for (let i = 0; i < 5; i++) {
    const error = await access.head().catch((failure: Error) => failure)
    assert.is((error as Error).name, 'ChainUnavailable')
  }
  for (let i = 0; i < 4; i++) await access.blocksAfter(0, 1).catch(() => {})
  assert.is(said.length, 1, 'an outage is said once')
  down.clear()
  assert.is((await access.head()).height, 1)
})

test('a transaction whose first answer was lost is not reported as a duplicate', async () => {
  const { edge, down } = fakeEdge(() => [{ hash: '0x', code: 'ALREADY_KNOWN', message: 'known' }])
  const access = new NodeAccess(edge, ['a', 'b'], () => {})
  assert.is((await access.submit([new Uint8Array(1)]))[0]?.code, 'ALREADY_KNOWN')
  down.add('a')
  assert.is((await access.submit([new Uint8Array(1)]))[0]?.code, '')
})

test.run()
