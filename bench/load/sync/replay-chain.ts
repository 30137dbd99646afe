// Joining by replay: every block from the genesis is read, its senders are recovered, it is
// executed and compared, and its rows are written.

import { finalRows, genesisRows } from '../../../actors/block-builder/chain-rows.ts'
import type { Candidate } from '../../../actors/block-builder/speculation.ts'
import { formerRows, undoPuts } from '../../../actors/block-builder/undo-puts.ts'
import { secp256k1Native } from '../../../compute/crypto/secp256k1-native.ts'
import { u64 } from '../../../lib/bytes.ts'
import { type Block, decodeBlock } from '../../../protocol/block/block.ts'
import { validateBlock } from '../../../protocol/execution/validate-block.ts'
import { CHAIN_TABLES } from '../../../protocol/state/tables.ts'
import {
  decodeTransaction,
  recoverSender,
} from '../../../protocol/transaction/decode-transaction.ts'
import type { Put } from '../../../runtime/store.ts'
import { LmdbStore } from '../../../storage/lmdb/lmdb-store.ts'
import { unsignedCertificate } from '../../../test/kit/final-chain.ts'
import { BATCH, type PhaseWatch, syncWorld } from './sync-world.ts'

function commit(store: LmdbStore, puts: readonly Put[]): Promise<void> {
  return new Promise((resolve, reject) =>
    store.commit(puts, (error) => (error ? reject(error) : resolve())),
  )
}

function senders({ transactions }: Block) {
  return transactions.map((raw) => {
    const decoded = decodeTransaction(raw)
    if (!decoded.ok) throw new Error(decoded.detail)
    const sender = recoverSender(decoded.transaction, secp256k1Native)
    if (!sender) throw new Error('no sender')
    return { transaction: decoded.transaction, sender }
  })
}

function blockAt(source: LmdbStore, height: number): Block {
  const bytes = source.get(CHAIN_TABLES.blocks, u64(height))
  if (!bytes) throw new Error(`block ${height} is not in the chain that was made`)
  return decodeBlock(Uint8Array.from(bytes))
}

export async function replayChain(
  from: string,
  to: string,
  blocks: number,
  watch: PhaseWatch,
): Promise<{ ms: number; state_root: string }> {
  const { genesis, config } = syncWorld()
  const [source, store] = [LmdbStore.readOnly(from), new LmdbStore(to)]
  const started = performance.now()
  await commit(store, genesisRows(genesis))
  let tip = { block: genesis.block, tree: genesis.tree }
  while (tip.block.header.height < blocks) {
    const path: Candidate[] = []
    const before = tip
    const base = before.block.header.height
    for (let height = base + 1; height <= Math.min(base + BATCH, blocks); height++) {
      const block = blockAt(source, height)
      const { hash, header } = tip.block
      const checked = validateBlock(config, { hash, header }, tip.tree, block, senders(block))
      if (!checked.ok) throw new Error(`block ${height}: ${checked.code}`)
      const { executed } = checked
      tip = { block, tree: executed.tree }
      path.push({ block, executed, tree: executed.tree })
    }
    const rows = finalRows(path, { finalAtMs: 1, certificate: unsignedCertificate(tip.block) })
    const former = formerRows(before.tree, path)
    await commit(store, [...rows, ...undoPuts(store, base, base + path.length, former)])
    watch.at(base + path.length, blocks)
  }
  const ms = Math.round(performance.now() - started)
  await source.close()
  await store.close()
  return { ms, state_root: tip.block.header.stateRoot }
}
