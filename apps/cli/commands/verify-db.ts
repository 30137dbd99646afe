// aitbc verify-db: reads all that a node keeps of its chain and checks that it fits together. Exit
// status 1 names the first row that does not.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import type { Terminal } from '../terminal.ts'

interface VerifyOptions extends BaseOptions {
  readonly node?: string
}

export function verifyDbCommand(terminal: Terminal): Command {
  return baseCommand('verify-db', 'check every row of a stopped node’s chain')
    .option('--node <name>', 'which node; all by default')
    .action(async (options: VerifyOptions) => {
      const { nodeMark, nodeStores, withNode } = await import('../node-store.ts')
      const { LmdbStore } = await import('../../../storage/lmdb/lmdb-store.ts')
      const { verifyChain } = await import('../../../storage/verify/verify-chain.ts')
      const { BadRow } = await import('../../../storage/verify/bad-row.ts')
      const { progressLine } = await import('../screen/progress-line.ts')
      const say = speaker(options, terminal)
      const data = dataDirectory(options, terminal)
      const done: object[] = []
      for (const found of nodeStores(data, options.node)) {
        const mark = await nodeMark(found, data)
        const store = LmdbStore.readOnly(found.chain)
        const started = performance.now()
        const check = async () => {
          const { hash, ...facts } = verifyChain(store, {
            blocks: progressLine(`${found.node}: blocks`, say, terminal, options),
            accounts: (count) => say.line(` ${found.node}: ${count} accounts`),
          })
          const { blocks, transactions, accounts, slots, final } = facts
          const took = formatMs(performance.now() - started)
          const rows = `${blocks} blocks, ${transactions} transactions, ${accounts} accounts`
          say.line(` ✓ ${found.node}: up to ${final}: ${rows}, ${slots} slots (${took})`)
          done.push({ node: found.node, ok: true, hash, ...facts })
        }
        try {
          await withNode(found, mark, check)
        } catch (error) {
          if (!(error instanceof BadRow)) throw error
          const { table, row, message } = error
          const hint = 'remove the node’s chain folder and let it sync again, or restore a snapshot'
          const document = { node: found.node, ok: false, table, row, why: message, checked: done }
          const what = `the database of ${found.node} is broken`
          throw new CliError('DATABASE_BROKEN', what, message, hint, document)
        } finally {
          await store.close()
        }
      }
      say.document({ ok: true, nodes: done })
    })
}
