// Payments among the accounts that a rollup begins with, over a node's JSON-RPC, each waited for.

import { setTimeout as pause } from 'node:timers/promises'
import * as assert from 'uvu/assert'
import { Rpc } from '../../apps/cli/chaos/rpc.ts'
import { GENESIS_KEYS_SEED } from '../../compute/crypto/genesis-keys.ts'
import { KeyBook } from '../../compute/crypto/key-book.ts'
import { bytesToHex, type Hex } from '../../lib/hex.ts'
import { transferDigest } from '../../protocol/rollup/cosign.ts'
import { encodeSentTransfer } from '../../sdk/rollup/wire/signed-transfer-bytes.ts'

const MAX_FEE = 5
/** A block that no test reaches. */
const NOT_AFTER = 1_000_000
/** Who took it may have lost it: then the same is handed in again, as every client does. */
const AGAIN_MS = 3000

export class RollupPayments {
  readonly rpc: Rpc
  private readonly patienceMs: number
  private readonly book = new KeyBook(GENESIS_KEYS_SEED, new Uint8Array(0))

  constructor(url: string, patienceMs: number) {
    this.rpc = new Rpc(url)
    this.patienceMs = patienceMs
  }

  async account(index: number): Promise<{ balance: bigint; nonce: number }> {
    const found = await this.rpc.call('rollup_getAccount', `0x${index.toString(16)}`)
    const { balance, nonce } = found as { balance: Hex; nonce: Hex }
    return { balance: BigInt(balance), nonce: Number(nonce) }
  }

  /** What throws is not so yet. */
  async until(what: string, isSo: () => Promise<boolean>): Promise<void> {
    const end = Date.now() + this.patienceMs
    for (;;) {
      try {
        if (await isSo()) return
      } catch (error) {
        if (Date.now() > end) throw error
      }
      assert.ok(Date.now() < end, what)
      await pause(200)
    }
  }

  /** Resolves when it is final. */
  async pay(from: number, to: number, amount: bigint): Promise<void> {
    const genesis = (await this.rpc.call('eth_getBlockByNumber', '0x0', false)) as { hash: Hex }
    const { nonce } = await this.account(from)
    const terms = { from, nonce, to, amount, maxFee: MAX_FEE, notAfter: NOT_AFTER }
    const signature = this.book.signTransfer(from, transferDigest(genesis.hash, terms))
    const sent = bytesToHex(encodeSentTransfer({ ...terms, signature }))
    const handIn = async () => {
      await this.rpc.call('rollup_sendTransfer', sent)
      return true
    }
    await this.until('the transfer is taken', handIn)
    let againMs = Date.now() + AGAIN_MS
    await this.until('the transfer is final', async () => {
      const key = [from, nonce].map((n) => `0x${n.toString(16)}`)
      if ((await this.rpc.call('rollup_getTransfer', ...key)) !== null) return true
      if (Date.now() > againMs) {
        againMs = Date.now() + AGAIN_MS
        await handIn()
      }
      return false
    })
  }
}
