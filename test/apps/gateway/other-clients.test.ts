// ethers and cast against the gateway of a real chain on the node:http driver, and what clients see
// when the node behind the gateway dies.

import { execFile } from 'node:child_process'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { Contract, isError, JsonRpcProvider, parseEther, Wallet, WebSocketProvider } from 'ethers'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { MARKET_ADDRESS } from '../../../protocol/params.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

let chain: RealChain

test.before(async () => {
  chain = await startRealChain('node')
})
test.after(() => chain.stop())

const bob = devAccount('bob').address
const carol = devAccount('carol')

const MARKET = [
  'function deposit() payable',
  'function depositOf(address) view returns (uint256)',
  'function withdraw(uint256 amount)',
  'event Deposited(address indexed owner, uint256 amount)',
]

test('ethers: send, wait, call the market, read its events, hear of blocks', async () => {
  const provider = new JsonRpcProvider(chain.gateway.url, undefined, { polling: true })
  provider.pollingInterval = 50
  const wallet = new Wallet(carol.privateKey, provider)
  const before = await provider.getBalance(bob)
  const sent = await wallet.sendTransaction({ to: bob, value: parseEther('0.25') })
  const receipt = await sent.wait()
  assert.is(receipt?.status, 1)
  assert.is(await provider.getBalance(bob), before + parseEther('0.25'))
  const market = new Contract(MARKET_ADDRESS, MARKET, wallet)
  const deposit = await (await market.getFunction('deposit')({ value: 1000n })).wait()
  assert.is(await market.getFunction('depositOf')(wallet.address), 1000n)
  const logs = await market.queryFilter('Deposited', deposit.blockNumber, 'latest')
  assert.is(logs.length, 1)
  assert.is(logs[0]?.transactionHash, deposit.hash)
  const refused = await market
    .getFunction('withdraw')(2000n)
    .catch((error: unknown) => error)
  assert.ok(isError(refused, 'CALL_EXCEPTION'), String(refused))
  assert.match(String(refused), /reverted/)
  const poor = wallet.sendTransaction({ to: bob, value: parseEther('999999999999') })
  assert.ok(isError(await poor.catch((error: unknown) => error), 'INSUFFICIENT_FUNDS'))
  provider.destroy()

  const socket = new WebSocketProvider(chain.gateway.wsUrl)
  const height = await new Promise<number>((resolve) => socket.once('block', resolve))
  assert.ok(height > 0)
  await socket.destroy()
})

/** Undefined where there is no binary for this platform. */
function castBinary(): string | undefined {
  try {
    const require = createRequire(import.meta.url)
    return join(dirname(require.resolve('@foundry-rs/cast-linux-amd64/package.json')), 'bin/cast')
  } catch {
    return undefined
  }
}

test('cast: chain id, balance, send, receipt, block, call, logs', async () => {
  const binary = castBinary()
  if (!binary) {
    console.log('skipped: there is no cast for this platform')
    return
  }
  const run = promisify(execFile)
  const cast = async (...args: string[]) => {
    const { stdout } = await run(binary, [...args, '--rpc-url', chain.gateway.url], {
      env: { ...process.env, FOUNDRY_DISABLE_NIGHTLY_WARNING: '1' },
      timeout: 20_000,
    })
    return stdout.trim()
  }
  assert.is(await cast('chain-id'), '1337')
  const before = BigInt(await cast('balance', bob))
  const key = ['--private-key', carol.privateKey]
  const sent = JSON.parse(await cast('send', bob, '--value', '7', '--json', ...key))
  assert.is(sent.status, '0x1')
  assert.is(BigInt(await cast('balance', bob)), before + 7n)
  const receipt = JSON.parse(await cast('receipt', sent.transactionHash, '--json'))
  assert.is(receipt.blockHash, sent.blockHash)
  const legacy = await cast('send', bob, '--value', '1', '--legacy', '--json', ...key)
  assert.is(JSON.parse(legacy).type, '0x0')
  const block = JSON.parse(await cast('block', sent.blockNumber, '--full', '--json'))
  assert.is(block.hash, sent.blockHash)
  assert.is(block.transactions[0].hash, sent.transactionHash)
  const deposit = ['deposit()', '--value', '5', '--json', ...key]
  const deposited = JSON.parse(await cast('send', MARKET_ADDRESS, ...deposit))
  const held = await cast('call', MARKET_ADDRESS, 'depositOf(address)(uint256)', carol.address)
  assert.ok(BigInt(held.split(' ')[0] as string) >= 5n)
  const from = ['--from-block', BigInt(deposited.blockNumber).toString()]
  const logs = JSON.parse(
    await cast(
      'logs',
      '--address',
      MARKET_ADDRESS,
      ...from,
      '--json',
      'Deposited(address,uint256)',
    ),
  )
  assert.is(logs.at(-1).transactionHash, deposited.transactionHash)
  assert.match(await cast('client'), 'AITBC/v')
})

test('the node behind the gateway dies: the next one answers, and one line says so', async () => {
  const provider = new JsonRpcProvider(chain.gateway.url, undefined, { polling: true })
  provider.pollingInterval = 50
  const wallet = new Wallet(carol.privateKey, provider)
  const height = await provider.getBlockNumber()
  assert.equal(chain.said, [])
  await chain.kill('node0')
  const sent = await wallet.sendTransaction({ to: bob, value: 1n })
  const receipt = await sent.wait(1, 20_000)
  assert.ok((receipt?.blockNumber ?? 0) > height)
  assert.is(chain.said.length, 1, chain.said.join('\n'))
  assert.match(chain.said[0] ?? '', /node0 does not answer.*node1 is asked/)
  provider.destroy()
})

test.run()
