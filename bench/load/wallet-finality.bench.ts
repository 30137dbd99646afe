// Finality as a wallet sees it: 200 transfers by viem over HTTP, one after the other, from sending
// to a receipt in a final block; against the raw cost of an HTTP round trip to the same gateway in
// the same run. Then an idle minute's worth of blocks. npm run bench -- wallet-finality

import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createPublicClient, createWalletClient, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { accountOf, aitbc, startCluster } from '../../scripts/soak/cluster.ts'

const SENDS = 200
const IDLE_MS = 20_000

function percentiles(values: readonly number[]): string {
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.floor(share * (sorted.length - 1))] as number).toFixed(1)
  return `p50 ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms`
}

const dataDirectory = mkdtempSync(join(tmpdir(), 'aitbc-bench-'))
const cluster = await startCluster(dataDirectory)
try {
  const transport = http(cluster.endpoints.rpc)
  const account = privateKeyToAccount(accountOf(cluster, 'alice').privateKey)
  const wallet = createWalletClient({ account, transport })
  const reader = createPublicClient({ transport, cacheTime: 0, pollingInterval: 5 })
  const to = accountOf(cluster, 'bob').address
  const chain = null
  await wallet.sendTransaction({ account, chain, to, value: 1n })
  let nonce = await reader.getTransactionCount({ address: account.address, blockTag: 'pending' })
  const fees = { maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n, gas: 21_000n }
  const final: number[] = []
  const roundTrip: number[] = []
  for (let i = 0; i < SENDS; i++) {
    const raw = performance.now()
    await reader.getBlockNumber()
    roundTrip.push(performance.now() - raw)
    const started = performance.now()
    const hash = await wallet.sendTransaction({ account, chain, to, value: 1n, nonce, ...fees })
    await reader.waitForTransactionReceipt({ hash, pollingInterval: 5 })
    final.push(performance.now() - started)
    nonce++
  }
  console.log(`transfers, sent to final (${SENDS}, viem over HTTP)   ${percentiles(final)}`)
  console.log(`raw HTTP round trip to the gateway             ${percentiles(roundTrip)}`)
  const before = Number(await reader.getBlockNumber())
  await new Promise((resolve) => setTimeout(resolve, IDLE_MS))
  const blocks = Number(await reader.getBlockNumber()) - before
  console.log(`idle: ${blocks} blocks in ${IDLE_MS / 1000} s`)
} finally {
  aitbc(['down', '--data', dataDirectory])
}
