// What nodes received is read from their metrics, added up, and left out where a count began anew.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { receivedBytes, watchReceived } from '../../bench/harness/network-received.ts'

const METRICS = `# TYPE p2p_message_receive_bytes counter
# UNIT p2p_message_receive_bytes bytes
# HELP p2p_message_receive_bytes Bytes that came from another node.
p2p_message_receive_bytes_total{node="a",peer_id="b"} 700
p2p_message_receive_bytes_total{node="a",peer_id="c"} 30
# TYPE p2p_peers gauge
# HELP p2p_peers Other nodes that are linked.
p2p_peers{node="a"} 2
# EOF
`

test('the counters of all processes are added up, and nothing else', async () => {
  const server = createServer((_, response) => response.end(METRICS))
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const admin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    assert.is(await receivedBytes([admin, admin]), 1460)
    const since = await watchReceived(() => receivedBytes([admin]))
    assert.is(await since(), 0)
  } finally {
    server.close()
  }
  await receivedBytes([admin]).then(
    () => assert.unreachable('a server that is gone tells nothing'),
    () => undefined,
  )
})

test('a count that began anew, or cannot be read, is no figure', async () => {
  const counts = [100, 160, 100, 20]
  const total = async () => counts.shift() as number
  assert.is(await (await watchReceived(total))(), 60)
  assert.is(await (await watchReceived(total))(), undefined)
  assert.is(await (await watchReceived(undefined))(), undefined)
  const failing = await watchReceived(async () => {
    throw new Error('gone')
  })
  assert.is(await failing(), undefined)
})

test.run()
