// aitbc prune: deletes old blocks of a node that is stopped, by the same steps as a node that runs.

import type { Command } from 'commander'
import { sizeBytes } from '../../../config/node-settings.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import type { Terminal } from '../terminal.ts'

interface PruneOptions extends BaseOptions {
  readonly node?: string
  readonly threshold?: string
  readonly keepEpochs?: string
}

/** Throws CliError. */
function readSize(text: string): number {
  const bytes = sizeBytes(text)
  if (Number.isSafeInteger(bytes)) return bytes
  throw new CliError(
    'BAD_VALUE',
    `"${text}" is no size`,
    'a size is like 100GB',
    'give one like it',
  )
}

function readCount(text: string, least: number): number {
  if (/^[0-9]{1,9}$/.test(text) && Number(text) >= least) return Number(text)
  const why = `it must be a whole number from ${least}`
  throw new CliError('BAD_VALUE', `"${text}" epochs cannot be kept`, why, 'give a larger one')
}

export function pruneCommand(terminal: Terminal): Command {
  return baseCommand('prune', 'delete old blocks of a stopped node')
    .option('--node <name>', 'which node; the first by default')
    .option('--threshold <size>', 'prune in the documented order until the rows take less')
    .option('--keep-epochs <n>', 'or: keep the blocks of so many latest epochs, whatever their age')
    .action(async (options: PruneOptions) => {
      const { nodeMark, nodeStore, withNode } = await import('../node-store.ts')
      const { LmdbStore } = await import('../../../storage/lmdb/lmdb-store.ts')
      const { Pruning } = await import('../../../actors/pruner/pruning.ts')
      const { PRUNE_STAGES } = await import('../../../actors/pruner/prune-policy.ts')
      const { PRUNE_EPOCHS_MIN } = await import('../../../config/limits.ts')
      const { threshold, keepEpochs } = options
      if ((threshold === undefined) === (keepEpochs === undefined)) {
        const why = 'one of --threshold and --keep-epochs says how much'
        throw new CliError('USAGE', 'how much to prune is not clear', why, 'give one of the two')
      }
      const policy =
        threshold === undefined
          ? {
              thresholdBytes: 0,
              stages: [
                {
                  givesUp: '',
                  keepMs: 0,
                  keepEpochs: readCount(keepEpochs ?? '', PRUNE_EPOCHS_MIN),
                  keepBoundaryMs: 0,
                },
              ],
            }
          : { thresholdBytes: readSize(threshold), stages: PRUNE_STAGES }
      const say = speaker(options, terminal)
      const data = dataDirectory(options, terminal)
      const found = nodeStore(data, options.node)
      const mark = await nodeMark(found, data)
      await withNode(found, mark, async () => {
        const store = new LmdbStore(found.chain)
        const started = performance.now()
        const before = store.usedBytes()
        const pruning = new Pruning(store, policy)
        let rows = 0
        try {
          for (let puts = pruning.next(); puts.length > 0; puts = pruning.next()) {
            await new Promise<void>((resolve, reject) =>
              store.commit(puts, (error) => (error ? reject(error) : resolve())),
            )
            rows += puts.length
          }
        } finally {
          const after = store.usedBytes()
          const oldest = pruning.marks.oldest()
          await store.close()
          const took = formatMs(performance.now() - started)
          const sizes = `${(before / 1e6).toFixed(1)} MB to ${(after / 1e6).toFixed(1)} MB`
          say.line(` ✓ ${found.node}: ${rows} rows deleted, ${sizes} in use (${took})`)
          say.line(`   blocks are kept from height ${oldest}; ./aitbc compact gives the room back`)
          const isEnough = threshold === undefined || after <= policy.thresholdBytes
          if (!isEnough) say.line('   still above the threshold: nothing more may be deleted')
          const facts = { rows, oldest, usedBefore: before, usedAfter: after }
          say.document({ node: found.node, ...facts, enough: isEnough })
        }
      })
    })
}
