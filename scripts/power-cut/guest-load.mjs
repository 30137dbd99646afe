// Runs in the guest beside the node: sends transfers that were signed outside, and once a gateway
// shows some as final it puts a mark into the log of the disk's writes, with how many it has been
// shown, and says outside which. Plain JavaScript, because the guest is slow.

import { spawnSync } from 'node:child_process'
import { appendFileSync, readFileSync } from 'node:fs'

const [transfersFile, acknowledgedFile, seconds] = process.argv.slice(2)
const transfers = JSON.parse(readFileSync(transfersFile, 'utf8'))
const url = 'http://127.0.0.1:8545'
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms))
const BURST = 5

async function rpc(calls) {
  const body = calls.map(([method, ...params], id) => ({ jsonrpc: '2.0', id, method, params }))
  const headers = { 'content-type': 'application/json' }
  const signal = AbortSignal.timeout(20_000)
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
  const byId = new Map((await answer.json()).map((one) => [one.id, one.result]))
  return calls.map((_, id) => byId.get(id))
}

for (let tries = 0; ; tries++) {
  try {
    if ((await rpc([['eth_blockNumber']]))[0] !== undefined) break
  } catch {
    if (tries > 600) throw new Error('the node does not answer')
  }
  await pause(200)
}
process.stdout.write('the node answers\n')

const until = Date.now() + Number(seconds) * 1000
let waiting = []
let acknowledged = 0
while (Date.now() < until) {
  const next = waiting.length < BURST ? transfers.splice(0, BURST) : []
  if (next.length > 0) await rpc(next.map(({ raw }) => ['eth_sendRawTransaction', raw]))
  waiting.push(...next)
  const receipts = await rpc(waiting.map(({ hash }) => ['eth_getTransactionReceipt', hash]))
  const final = waiting.flatMap(({ hash }, i) => {
    const receipt = receipts[i]
    return receipt ? [{ hash, block: receipt.blockHash }] : []
  })
  waiting = waiting.filter((_, i) => !receipts[i])
  if (final.length > 0) {
    acknowledged += final.length
    for (const one of final) appendFileSync(acknowledgedFile, `${JSON.stringify(one)}\n`)
    spawnSync('dmsetup', ['message', 'disk', '0', 'mark', `acknowledged-${acknowledged}`])
  }
  await pause(50)
}
process.stdout.write(`${acknowledged} transfers acknowledged\n`)
