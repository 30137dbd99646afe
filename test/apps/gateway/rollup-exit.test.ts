// Money in, across and out again, as an owner does it with viem: registered and deposited on the
// base chain, moved in the rollup by ordinary signatures, withdrawn in a batch, and paid on the
// base chain with the exit's proof once the root is settled.

import { sign as edSign, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { createPublicClient, createWalletClient, http, parseAbi } from 'viem'
import { privateKeyToAccount } from 'viem/accounts'
import { devAccount } from '../../../apps/node/dev-keys.ts'
import { blsNative } from '../../../compute/crypto/bls-native.ts'
import { bytesToHex, type Hex } from '../../../lib/hex.ts'
import { EXIT_INDEX, ROLLUP_ADDRESS, ROLLUP_UNIT_WEI } from '../../../protocol/params.ts'
import { transferDigest } from '../../../protocol/rollup/cosign.ts'
import { ROLLUP_ABI_TEXT } from '../../../protocol/rollup/rollup-abi.ts'
import { encodeSentTransfer } from '../../../sdk/rollup/wire/signed-transfer-bytes.ts'
import { type RealChain, startRealChain } from './real-chain.ts'

const WITHIN_MS = 20_000
const DEPOSIT = 1_000_000n
const OUT = 300_000n
const FORCED = 100_000n

type Call = <T>(method: string, ...params: unknown[]) => Promise<T>

interface Exit {
  readonly shard: Hex
  readonly batch: Hex
  readonly position: Hex
  readonly amount: Hex
}

let chain: RealChain
test.before(async () => {
  chain = await startRealChain()
})
test.after(() => chain.stop())

function caller(url: string): Call {
  return async (method, ...params) => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params })
    const reply = (await (await fetch(url, { method: 'POST', body })).json()) as {
      result: never
      error?: { message: string }
    }
    if (reply.error) throw new Error(`${method}: ${reply.error.message}`)
    return reply.result
  }
}

async function until<T>(what: string, ask: () => Promise<T | null | undefined | false>) {
  const end = Date.now() + WITHIN_MS
  for (;;) {
    const found = await ask()
    if (found) return found
    if (Date.now() > end) throw new Error(`not within ${WITHIN_MS} ms: ${what}`)
    await pause(100)
  }
}

const quantity = (value: number): Hex => `0x${value.toString(16)}`

test('deposit, transfer, withdrawal in a batch, and the money on the base chain', async () => {
  const { url } = chain.gateway
  const call = caller(url)
  const transport = http(url)
  const alice = privateKeyToAccount(devAccount('alice').privateKey)
  const reader = createPublicClient({ transport, pollingInterval: 100 })
  const writer = createWalletClient({ transport, account: alice })
  const contract = { abi: parseAbi(ROLLUP_ABI_TEXT), address: ROLLUP_ADDRESS, chain: null } as const
  const mined = async (hash: Hex) => {
    const { status } = await reader.waitForTransactionReceipt({ hash, timeout: WITHIN_MS })
    assert.is(status, 'success')
  }

  const register = async (secret: number): Promise<{ index: number; key: KeyObject }> => {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519')
    const spend = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32)
    const bls = new Uint8Array(32).fill(secret)
    const keys = [
      bytesToHex(blsNative.publicKey(bls)),
      bytesToHex(blsNative.provePossession(bls)),
      bytesToHex(spend),
    ] as const
    const before = await reader.readContract({ ...contract, functionName: 'accountCount' })
    await mined(await writer.writeContract({ ...contract, functionName: 'register', args: keys }))
    return { index: Number(before), key: privateKey }
  }
  const payer = await register(11)
  const payee = await register(12)
  const value = DEPOSIT * ROLLUP_UNIT_WEI
  const args = [BigInt(payer.index)] as const
  await mined(await writer.writeContract({ ...contract, functionName: 'deposit', args, value }))
  const account = (index: number) =>
    call<{ balance: Hex; nonce: Hex } | null>('rollup_getAccount', quantity(index))
  await until('the deposit', async () => {
    const found = await account(payer.index)
    return (await account(payee.index)) && found && BigInt(found.balance) === DEPOSIT
  })

  const { fee } = await call<{ fee: Hex }>('rollup_getHead')
  const { genesisHash } = chain.network
  const send = async ({ index, key }: typeof payer, to: number, amount: bigint) => {
    const height = Number(await reader.getBlockNumber({ cacheTime: 0 }))
    const { nonce } = (await account(index)) as { nonce: Hex }
    const terms = { from: index, to, amount, maxFee: Number(fee), notAfter: height + 500 }
    const digest = transferDigest(genesisHash, { ...terms, nonce: Number(nonce) })
    const signature = Uint8Array.from(edSign(null, digest, key))
    await call('rollup_sendTransfer', bytesToHex(encodeSentTransfer({ ...terms, signature })))
    const found = () => call('rollup_getTransfer', quantity(index), nonce)
    await until(`transfer ${nonce} of account ${index}`, found)
  }
  await send(payer, payee.index, 2n * OUT)
  await send(payee, EXIT_INDEX, OUT)
  const [exit] = await until('the exit', async () => {
    const exits = await call<Exit[]>('rollup_getExits', quantity(payee.index))
    return exits.length > 0 && exits
  })
  assert.is(BigInt(exit?.amount ?? 0), OUT)

  // What no sequencer is asked for: the owner takes it out through the base chain.
  const forced = [BigInt(payee.index), BigInt(EXIT_INDEX), FORCED] as const
  const request = { ...contract, functionName: 'forceTransfer', args: forced } as const
  await mined(await writer.writeContract(request))
  const exits = await until('the forced exit', async () => {
    const found = await call<Exit[]>('rollup_getExits', quantity(payee.index))
    return found.length === 2 && found
  })
  assert.equal(
    exits.map(({ amount }) => BigInt(amount)),
    [FORCED, OUT],
  )

  const owed = () => reader.readContract({ ...contract, functionName: 'owed' })
  const [, , exitsBefore] = await owed()
  assert.is(exitsBefore, OUT + FORCED)
  for (const { shard, batch, position } of exits) {
    const proof = await call<Record<string, Hex>>('rollup_getExitProof', shard, batch, position)
    const numbers = [shard, batch, position, proof.from, proof.amount, proof.entry, proof.total]
    const claim = [...numbers.map((one) => BigInt(one as Hex)), proof.proof]
    const what = { ...contract, functionName: 'claimExit', args: claim as never } as const
    const paysNow = async () => {
      const which = [BigInt(shard), BigInt(batch)] as const
      const call = { ...contract, functionName: 'exitsOf', args: which } as const
      return (await reader.readContract(call))[2]
    }
    await until('a settled root', paysNow)
    await mined(await writer.writeContract(what))
    const place = [BigInt(shard), BigInt(batch), BigInt(position)] as const
    assert.ok(await reader.readContract({ ...contract, functionName: 'isExitPaid', args: place }))
    await writer
      .writeContract(what)
      .then(() => assert.unreachable('paid twice'))
      .catch((error: Error) => assert.match(error.message, /ALREADY_PAID/))
  }
  const [, , exitsAfter] = await owed()
  assert.is(exitsAfter, 0n)
  assert.equal(chain.errors, [])
})

test.run()
