// A light client over JSON-RPC: from aitbc_getFinality alone to a final header, checked with the
// validators' signatures; and the methods that no other test calls.

import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, type Hex, http } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { hexToBytes } from '../../../lib/hex.ts'
import { unpackExtraData } from '../../../protocol/block/extra-data.ts'
import { decodeHeader, headerHash } from '../../../protocol/block/header-codec.ts'
import { decodeSidecar, sidecarRoot } from '../../../protocol/block/sidecar.ts'
import { decodeCertificate, verifyCertificate } from '../../../protocol/consensus/certificate.ts'
import { BALANCED_STAKE_PUBLISHED } from '../../../protocol/consensus/epoch-rules.ts'
import { decodeValidatorSet, validatorSetHash } from '../../../protocol/consensus/validator-set.ts'
import { FINALIZE } from '../../../protocol/consensus/vote.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

let chain: RealChain
test.before(async () => {
  chain = await startRealChain()
})
test.after(() => chain.stop())

async function rpc<T = unknown>(method: string, ...params: unknown[]): Promise<T> {
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
  const response = await fetch(chain.gateway.url, { method: 'POST', body })
  const { result, error } = (await response.json()) as { result: T; error?: { message: string } }
  if (error) throw new Error(error.message)
  return result
}

interface Finality {
  readonly headers: Hex[]
  readonly certificate: Hex
  readonly sidecar: Hex
  readonly validatorSet: Hex
  readonly genesisHash: Hex
  readonly hash: Hex
}

async function sendOne(): Promise<{ hash: Hex; blockNumber: bigint }> {
  const transport = http(chain.gateway.url)
  const account = privateKeyToAccount(devAccount('alice').privateKey)
  const reader = createPublicClient({ transport, pollingInterval: 50 })
  const writer = createWalletClient({ transport, account })
  const to = devAccount('bob').address
  const hash = await writer.sendTransaction({ to, value: 1n, chain: null })
  const { blockNumber } = await reader.waitForTransactionReceipt({ hash })
  return { hash, blockNumber }
}

test('a block is final for whoever trusts the validator set, and for nobody else', async () => {
  const { blockNumber } = await sendOne()
  const answer = await rpc<Finality>('aitbc_getFinality', `0x${blockNumber.toString(16)}`)
  const headers = answer.headers.map((text) => decodeHeader(hexToBytes(text)))
  const [first] = headers
  assert.ok(first)
  assert.equal([headerHash(first), first.height], [answer.hash, Number(blockNumber)])
  for (const [i, header] of headers.slice(1).entries()) {
    assert.is(header.parentHash, headerHash(headers[i] as typeof header))
  }
  const sidecar = hexToBytes(answer.sidecar)
  assert.is(sidecarRoot(sidecar), first.parentBeaconBlockRoot)
  const set = decodeValidatorSet(hexToBytes(answer.validatorSet))
  assert.is(validatorSetHash(set), chain.network.validatorSetHash)
  assert.is(decodeSidecar(sidecar).validatorSetHash, chain.network.validatorSetHash)
  const certificate = decodeCertificate(hexToBytes(answer.certificate))
  const { epoch } = certificate
  const rules = { epoch, mode: 0 as const, balancedStake: BALANCED_STAKE_PUBLISHED, set }
  assert.is(certificate.kind, FINALIZE)
  assert.is(unpackExtraData((headers.at(-1) as typeof first).extraData)?.epoch, epoch)
  assert.is(certificate.blockHash, headerHash(headers.at(-1) as typeof first))
  const identity = { chainId: 1337n, genesisHash: chain.network.genesisHash }
  assert.ok(verifyCertificate(certificate, rules, identity, blsNative).ok)
  const elsewhere = { ...identity, chainId: 1338n }
  assert.not.ok(verifyCertificate(certificate, rules, elsewhere, blsNative).ok)
  assert.is(answer.genesisHash, chain.network.genesisHash)
  await rpc('aitbc_getFinality', '0x0').then(
    () => assert.unreachable('the genesis has no certificate'),
    (error: Error) => assert.match(error.message, 'no certificate'),
  )
})

test('the remaining methods agree with each other', async () => {
  const { hash, blockNumber } = await sendOne()
  const number = `0x${blockNumber.toString(16)}`
  const block = await rpc<{ hash: Hex; transactions: Hex[] }>('eth_getBlockByNumber', number)
  const receipts = await rpc<{ transactionHash: Hex; gasUsed: Hex }[]>(
    'eth_getBlockReceipts',
    number,
  )
  assert.equal(
    receipts.map(({ transactionHash }) => transactionHash),
    block.transactions,
  )
  const index = `0x${block.transactions.indexOf(hash).toString(16)}`
  for (const [kind, key] of [
    ['Number', number],
    ['Hash', block.hash],
  ]) {
    assert.is(
      await rpc(`eth_getBlockTransactionCountBy${kind}`, key),
      `0x${receipts.length.toString(16)}`,
    )
    assert.is(await rpc(`eth_getUncleCountByBlock${kind}`, key), '0x0')
    const tx = await rpc<{ hash: Hex }>(`eth_getTransactionByBlock${kind}AndIndex`, key, index)
    assert.is(tx.hash, hash)
    assert.is(await rpc(`eth_getTransactionByBlock${kind}AndIndex`, key, '0xffff'), null)
  }
  assert.is(await rpc('eth_getTransactionByHash', `0x${'00'.repeat(32)}`), null)
  assert.is(await rpc('eth_getBlockByNumber', '0xffffffff'), null)
  assert.is(await rpc('eth_getCode', '0x000000000000000000000000000000000000a101'), '0xfe')
  assert.equal(await rpc('eth_accounts'), [])
  assert.is(await rpc('eth_syncing'), false)
  assert.is(await rpc('net_version'), '1337')
  assert.is(await rpc('net_listening'), true)
  assert.is(await rpc('net_peerCount'), '0x3')
  assert.is(await rpc('eth_protocolVersion'), '0x44')
  assert.match(await rpc<string>('web3_clientVersion'), /^AITBC\/v\d/)
  // keccak256 of nothing (Yellow Paper).
  const empty = '0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470'
  assert.is(await rpc('web3_sha3', '0x'), empty)
  assert.ok((await rpc<object>('rpc_modules')) !== null)
  assert.ok(
    BigInt(await rpc<Hex>('eth_gasPrice')) > BigInt(await rpc<Hex>('eth_maxPriorityFeePerGas')),
  )
  const status = await rpc<{ node: string; mode: string; height: Hex }>('aitbc_status')
  assert.equal([status.node, status.mode], ['node0', 'FAST'])
  assert.ok(BigInt(status.height) >= blockNumber)
})

test('pending nonces count what waits', async () => {
  const { address } = devAccount('alice')
  const next = await rpc<Hex>('eth_getTransactionCount', address, 'latest')
  const account = privateKeyToAccount(devAccount('alice').privateKey)
  // One with a gap waits for the one before it: it can be looked up, and is in no block.
  const common = { chainId: 1337, gas: 21_000n, maxFeePerGas: 10n ** 11n, to: address } as const
  const sign = (nonce: number) =>
    account.signTransaction({ ...common, nonce, maxPriorityFeePerGas: 1n, type: 'eip1559' })
  const late = await rpc<Hex>('eth_sendRawTransaction', await sign(Number(next) + 1))
  const waiting = await rpc<{ blockHash: null; from: Hex }>('eth_getTransactionByHash', late)
  assert.equal([waiting.blockHash, waiting.from], [null, address])
  assert.is(await rpc('eth_getTransactionReceipt', late), null)
  assert.is(await rpc('eth_getTransactionCount', address, 'pending'), next)
  await rpc('eth_sendRawTransaction', await sign(Number(next)))
  const after = await rpc<Hex>('eth_getTransactionCount', address, 'pending')
  assert.is(Number(after), Number(next) + 2)
  const known = await rpc('eth_sendRawTransaction', await sign(Number(next) + 1)).then(
    () => '',
    (error: Error) => error.message,
  )
  assert.match(known, /already known|nonce too low/)
})

test.run()
