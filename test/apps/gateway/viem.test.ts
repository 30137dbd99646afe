// Real viem against the gateway of a real chain, over HTTP and WebSocket.

import { verifyMerkleProof } from '@ethereumjs/mpt'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import {
  BaseError,
  bytesToHex,
  createPublicClient,
  createWalletClient,
  defineChain,
  fromRlp,
  type Hex,
  hexToBytes,
  http,
  keccak256,
  parseEther,
  parseGwei,
  toHex,
  toRlp,
  webSocket,
} from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

let chain: RealChain

test.before(async () => {
  chain = await startRealChain()
})
test.after(() => chain.stop())

const alice = privateKeyToAccount(devAccount('alice').privateKey)
const bob = devAccount('bob').address
const devChain = (rpc: string) =>
  defineChain({
    id: 1337,
    name: 'AITBC dev',
    nativeCurrency: { name: 'AITBC', symbol: 'AITBC', decimals: 18 },
    rpcUrls: { default: { http: [rpc] } },
  })

/** viem keeps WebSockets open for a while; the test would wait for them. */
const closing = async (reader: { transport: object }) => {
  const { getRpcClient } = reader.transport as {
    getRpcClient?: () => Promise<{ close(): void }>
  }
  ;(await getRpcClient?.())?.close()
}

for (const kind of ['HTTP', 'WebSocket'] as const) {
  const clients = () => {
    const { url, wsUrl } = chain.gateway
    const transport =
      kind === 'HTTP' ? http(url, { retryCount: 0 }) : webSocket(wsUrl, { retryCount: 0 })
    const options = { chain: devChain(url), transport, pollingInterval: 50, cacheTime: 0 }
    return {
      reader: createPublicClient(options),
      writer: createWalletClient({ ...options, account: alice }),
    }
  }
  test(`${kind}: send, wait for the receipt, and find it everywhere`, async () => {
    const { reader, writer } = clients()
    const value = parseEther('1.5')
    const before = await reader.getBalance({ address: bob })
    const gas = await reader.estimateGas({ account: alice, to: bob, value })
    assert.is(gas, 21_000n)
    const hash = await writer.sendTransaction({ to: bob, value })
    const receipt = await reader.waitForTransactionReceipt({ hash, timeout: 20_000 })
    assert.equal([receipt.status, receipt.gasUsed, receipt.to], ['success', 21_000n, bob])
    assert.is(await reader.getBalance({ address: bob }), before + value)
    const { blockNumber, blockHash, transactionIndex } = receipt
    const byHash = await reader.getBlock({ blockHash, includeTransactions: true })
    const byNumber = await reader.getBlock({ blockNumber })
    assert.is(byHash.hash, byNumber.hash)
    assert.ok(byNumber.transactions.includes(hash))
    assert.is(byHash.transactions[transactionIndex]?.hash, hash)
    const tx = await reader.getTransaction({ hash })
    assert.equal(
      [tx.from, tx.to, tx.value, tx.blockHash],
      [alice.address.toLowerCase() as Hex, bob, value, blockHash],
    )
    const again = await reader.getTransaction({ blockHash, index: transactionIndex })
    assert.is(again.hash, hash)
    assert.ok((await reader.getBlockTransactionCount({ blockNumber })) > 0)
    const paid = receipt.effectiveGasPrice
    assert.ok(paid >= (byNumber.baseFeePerGas as bigint) && paid <= (tx.maxFeePerGas as bigint))
    await closing(reader)
  })

  test(`${kind}: the facts of the chain`, async () => {
    const { reader } = clients()
    assert.is(await reader.getChainId(), 1337)
    assert.is((await reader.getBlock({ blockNumber: 0n })).hash, chain.network.genesisHash)
    const [latest, safe, final] = await Promise.all([
      reader.getBlock(),
      reader.getBlock({ blockTag: 'safe' }),
      reader.getBlock({ blockTag: 'finalized' }),
    ])
    assert.ok((safe.number as bigint) >= (latest.number as bigint) && final.hash !== null)
    const fees = await reader.estimateFeesPerGas()
    assert.ok(fees.maxFeePerGas > 0n)
    const history = await reader.getFeeHistory({ blockCount: 4, rewardPercentiles: [10, 50] })
    assert.is(history.baseFeePerGas.length, history.gasUsedRatio.length + 1)
    assert.is(history.reward?.[0]?.length, 2)
    assert.is(await reader.getCode({ address: bob }), undefined)
    const slot = await reader.getStorageAt({ address: bob, slot: '0x0' })
    assert.is(BigInt(slot ?? 0), 0n)
    await closing(reader)
  })

  test(`${kind}: getProof holds under the block's state root, for what is there and what is not`, async () => {
    const { reader } = clients()
    const market = '0x000000000000000000000000000000000000a101'
    const nobody = `0x${'77'.repeat(20)}` as const
    for (const address of [alice.address, market, nobody] as const) {
      const storageKeys = [`0x${'00'.repeat(32)}`, `0x${'00'.repeat(31)}01`] as const
      const proof = await reader.getProof({ address, storageKeys: [...storageKeys] })
      const { blockHash } = proof as unknown as { blockHash: Hex }
      const { stateRoot } = await reader.getBlock({ blockHash })
      const path = hexToBytes(keccak256(address))
      const root = hexToBytes(stateRoot)
      const nodes = proof.accountProof.map((node) => hexToBytes(node))
      const account = await verifyMerkleProof(path, nodes, { root })
      assert.is(account === null, address === nobody)
      if (account) {
        const fields = [toHex(proof.nonce || ''), toHex(proof.balance || '')]
        const encoded = toRlp([...fields, proof.storageHash, proof.codeHash] as Hex[])
        assert.is(bytesToHex(account), encoded)
      }
      for (const [i, { key, value, proof: words }] of proof.storageProof.entries()) {
        assert.is(key, storageKeys[i])
        if (words.length === 0) assert.is(value, 0n)
        else {
          const under = { root: hexToBytes(proof.storageHash) }
          const slot = hexToBytes(keccak256(key as Hex))
          const word = await verifyMerkleProof(
            slot,
            words.map((w) => hexToBytes(w)),
            under,
          )
          assert.is(word === null ? 0n : BigInt(fromRlp(word, 'hex') as Hex), value)
        }
      }
    }
    await closing(reader)
  })

  test(`${kind}: refusals arrive as viem's own errors`, async () => {
    const { reader, writer } = clients()
    const nonce = await reader.getTransactionCount({ address: alice.address, blockTag: 'pending' })
    const fees = { maxFeePerGas: parseGwei('10'), maxPriorityFeePerGas: 1n, gas: 21_000n, to: bob }
    const why = (work: Promise<unknown>) =>
      work.then(
        () => 'accepted',
        (error: BaseError) =>
          (error.walk((cause) => cause instanceof BaseError && cause !== error) as Error)?.name ??
          error.name,
      )
    const rich = parseEther('1000000000000')
    assert.is(
      await why(writer.sendTransaction({ ...fees, value: rich, nonce })),
      'InsufficientFundsError',
    )
    if (nonce > 0) {
      assert.is(await why(writer.sendTransaction({ ...fees, nonce: 0 })), 'NonceTooLowError')
    }
    assert.is(
      await why(writer.sendTransaction({ ...fees, nonce, gas: 20_000n })),
      'IntrinsicGasTooLowError',
    )
    assert.is(
      await why(reader.estimateGas({ account: alice, value: rich, ...fees })),
      'InsufficientFundsError',
    )
    await closing(reader)
  })
}

test('WebSocket: watchBlocks sees every block once, in order, by subscription', async () => {
  const { url, wsUrl } = chain.gateway
  const reader = createPublicClient({ chain: devChain(url), transport: webSocket(wsUrl) })
  const writer = createWalletClient({ chain: devChain(url), transport: http(url), account: alice })
  const numbers: bigint[] = []
  // One after the other: two at once ask for the nonce before either has used it.
  let sent: Promise<unknown> = Promise.resolve()
  await new Promise<void>((resolve, reject) => {
    const send = () => {
      sent = sent.then(() => writer.sendTransaction({ to: bob, value: 1n })).catch(reject)
    }
    const unwatch = reader.watchBlocks({
      onBlock: ({ number }) => {
        numbers.push(number)
        if (numbers.length === 4) {
          unwatch()
          resolve()
        } else send()
      },
      onError: reject,
    })
    send()
  })
  await sent
  assert.equal(
    numbers,
    numbers.map((_, i) => (numbers[0] as bigint) + BigInt(i)),
  )
  await closing(reader)
})

test('nothing went wrong on the way', () => {
  assert.equal(chain.errors, [])
  assert.equal(chain.said, [])
})

test.run()
