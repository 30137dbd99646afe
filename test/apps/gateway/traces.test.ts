// A W3C trace that comes to JSON-RPC goes out with the transaction and back in the reply; without
// one nothing is traced.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { EdgeTrace } from '../../../apps/edge/edge-trace.ts'
import type { ChainAccess } from '../../../apps/gateway/chain-access.ts'
import type { Cause } from '../../../runtime/trace/cause.ts'
import { parseTraceparent } from '../../../runtime/trace/traceparent.ts'
import { TestWorld } from '../../kit/hosts.ts'
import { FakeChain, serveFake } from './fake-chain.ts'

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const GIVEN = `00-${TRACE}-00f067aa0ba902b7-01`

class SeenChain extends FakeChain {
  readonly causes: (Cause | undefined)[] = []
  override submit: ChainAccess['submit'] = (_, cause) => {
    this.causes.push(cause)
    return Promise.resolve([{ hash: `0x${'33'.repeat(32)}` as const, code: '', message: '' }])
  }
}

test('a trace goes on with a transaction, and reads leave no step', async () => {
  const chain = new SeenChain()
  const host = new TestWorld().host('main')
  const gateway = await serveFake(chain, () => {}, 'node', new EdgeTrace(host, 'gateway'))
  const call = async (method: string, params: unknown[], headers: Record<string, string>) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const response = await fetch(gateway.url, { method: 'POST', headers, body })
    assert.is(((await response.json()) as { error?: unknown }).error, undefined)
    return parseTraceparent(response.headers.get('traceparent') ?? undefined)
  }
  const traceparent = GIVEN
  const step = await call('eth_sendRawTransaction', ['0x02'], { traceparent })
  assert.is(step?.trace, TRACE)
  assert.is(chain.causes[0]?.trace, TRACE)
  assert.is(chain.causes[0]?.span, step?.span)
  assert.is((await call('eth_chainId', [], { traceparent }))?.trace, TRACE)
  assert.is(await call('eth_sendRawTransaction', ['0x02'], {}), undefined)
  assert.is(await call('eth_sendRawTransaction', ['0x02'], { traceparent: 'x' }), undefined)
  assert.equal(chain.causes.slice(1), [undefined, undefined])
  const spans = host.tracer.spans()
  assert.equal(
    spans.map((span) => [span.name, span.parent, span.actor]),
    [['eth_sendRawTransaction', '00f067aa0ba902b7', 'edge/gateway']],
  )
  chain.end()
  await gateway.stop()
})

test.run()
