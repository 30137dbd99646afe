// Makes a chain in an LMDB store: so many blocks, and in each as many transfers to new accounts as
// give the wanted number in the end.

import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { vrfNative } from '../../../compute/crypto/vrf-native.ts'
import type { SentTransaction } from '../../../protocol/execution/execute-transactions.ts'
import { decodeTransaction } from '../../../protocol/transaction/decode-transaction.ts'
import { signTransaction } from '../../../protocol/transaction/encode-transaction.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { FinalChain } from '../../../test/kit/final-chain.ts'
import { CHAIN_ID, WALLETS, type Wallet } from '../../../test/protocol/chain-world.ts'
import { BATCH, newAddress, type PhaseWatch, type SyncSize, syncWorld } from './sync-world.ts'

/** Above any base fee that these blocks reach. */
const MAX_FEE = 10n ** 11n

/** The `number`th transfer: the wallets take turns. */
function transfer(number: number): SentTransaction {
  const wallet = WALLETS[number % WALLETS.length] as Wallet
  const raw = signTransaction(
    {
      type: 2,
      chainId: CHAIN_ID,
      nonce: Math.floor(number / WALLETS.length),
      maxFeePerGas: MAX_FEE,
      maxPriorityFeePerGas: 10n ** 9n,
      gasLimit: 21_000,
      to: newAddress(number),
      value: 1n,
      data: new Uint8Array(0),
      accessList: [],
    },
    wallet.secretKey,
    secp256k1Native,
  )
  const decoded = decodeTransaction(raw)
  if (!decoded.ok) throw new Error(decoded.detail)
  return { transaction: decoded.transaction, sender: wallet.address }
}

export async function makeChain(folder: string, size: SyncSize, watch: PhaseWatch) {
  const { genesis, config } = syncWorld()
  const store = new LmdbStore(folder)
  const started = performance.now()
  const options = { genesis, config, vrf: vrfNative, commitBlocks: BATCH }
  const chain = new FinalChain(store, options)
  let sent = 0
  for (let block = 1; block <= size.blocks; block++) {
    const until = Math.floor((size.accounts * block) / size.blocks)
    const transfers: SentTransaction[] = []
    while (sent < until) transfers.push(transfer(sent++))
    chain.add(transfers)
    if (block % 500 === 0) watch.at(block, size.blocks)
  }
  chain.flush()
  const ms = Math.round(performance.now() - started)
  const { usedBytes } = store.stats()
  await store.close()
  return { ms, transfers: sent, chain_bytes: usedBytes }
}
