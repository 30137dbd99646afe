// Transfers that are signed before they are needed, from accounts of the bench's own, so that
// neither signing nor one account's limit in the pool is measured.

import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { bytesToHex, type Hex, hexToBytes } from '../../../lib/hex.ts'
import { keccakHex } from '../../../protocol/crypto/keccak.ts'
import { addressOfSecret } from '../../../protocol/crypto/secp256k1-noble.ts'
import { WEI_PER_AITBC } from '../../../protocol/params.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import type { BlockWatch } from './block-watch.ts'

export const SENDERS = 64
const FUNDS = 100n * WEI_PER_AITBC
const FUNDED_WITHIN_MS = 60_000
const TO: Hex = `0x${'be'.repeat(20)}`

export interface Signed {
  readonly raw: Hex
  readonly hash: Hex
}

interface Account {
  readonly address: Hex
  readonly secretKey: Uint8Array
  nonce: number
}

function benchAccount(i: number): Account {
  const secretKey = new Uint8Array(32).fill(0x3b)
  secretKey[31] = i
  return { address: bytesToHex(addressOfSecret(secretKey)), secretKey, nonce: 0 }
}

export class TransferSupply {
  private readonly watch: BlockWatch
  private readonly chainId: bigint
  private readonly accounts = Array.from({ length: SENDERS }, (_, i) => benchAccount(i))
  private turn = 0

  private constructor(watch: BlockWatch, chainId: bigint) {
    this.watch = watch
    this.chainId = chainId
  }

  /** Pays each account from `rich`, and waits until all of it is final. */
  static async fund(watch: BlockWatch, rich: { address: Hex; privateKey: Hex }) {
    const { socket } = watch
    const chainId = BigInt((await socket.call('eth_chainId')) as string)
    const supply = new TransferSupply(watch, chainId)
    const payer = { address: rich.address, secretKey: hexToBytes(rich.privateKey), nonce: 0 }
    payer.nonce = Number(await socket.call('eth_getTransactionCount', payer.address, 'latest'))
    let late: NodeJS.Timeout | undefined
    const limit = new Promise<never>((_, refuse) => {
      const error = new Error(`accounts not paid within ${FUNDED_WITHIN_MS / 1000} s`)
      late = setTimeout(() => refuse(error), FUNDED_WITHIN_MS)
    })
    const paid = supply.accounts.map(({ address }) => {
      const { raw, hash } = supply.sign(payer, address, FUNDS)
      const final = new Promise<void>((done) => watch.await(hash, done))
      return socket.call('eth_sendRawTransaction', raw).then(() => final)
    })
    await Promise.race([Promise.all(paid), limit])
    clearTimeout(late)
    return supply
  }

  private sign(account: Account, to: Hex, value: bigint): Signed {
    const raw = signTransaction(
      {
        type: 2,
        chainId: this.chainId,
        nonce: account.nonce++,
        maxFeePerGas: 10n ** 11n,
        maxPriorityFeePerGas: 10n ** 9n,
        gasLimit: 21_000,
        to,
        value,
        data: new Uint8Array(0),
        accessList: [],
      },
      account.secretKey,
      secp256k1Native,
    )
    return { raw: bytesToHex(raw), hash: keccakHex(raw) }
  }

  /** Of the accounts in turn. What the chain has not taken of former ones is not waited for. */
  async take(count: number): Promise<Signed[]> {
    const { socket } = this.watch
    for (const account of this.accounts) {
      const { address } = account
      account.nonce = Number(await socket.call('eth_getTransactionCount', address, 'pending'))
    }
    return Array.from({ length: count }, () => {
      const account = this.accounts[this.turn++ % SENDERS] as Account
      return this.sign(account, TO, 1n)
    })
  }
}
