// aitbc compact: makes the files of a stopped node as small as what they hold.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

interface CompactOptions extends BaseOptions {
  readonly node?: string
}

/** What a validator has signed is not among them: that file stays as it is. */
const STORES = ['chain', 'jobs']
const megabytes = (bytes: number) => `${(bytes / 1e6).toFixed(1)} MB`

export function compactCommand(terminal: Terminal): Command {
  return baseCommand('compact', 'give unused room in a stopped node’s files back to the disk')
    .option('--node <name>', 'which node; all by default')
    .action(async (options: CompactOptions) => {
      const { nodeMark, nodeStores, withNode } = await import('../node-store.ts')
      const { compactStore } = await import('../../../storage/lmdb/compact.ts')
      const { storeFolder } = await import('../../node/store-folder.ts')
      const say = speaker(options, terminal)
      const data = dataDirectory(options, terminal)
      const done: object[] = []
      for (const found of nodeStores(data, options.node)) {
        const mark = await nodeMark(found, data)
        await withNode(found, mark, async () => {
          for (const store of STORES) {
            const folder = storeFolder(data, found.node, store)
            if (!existsSync(join(folder, 'data.mdb'))) continue
            try {
              const { bytesBefore, bytesAfter, rows } = await compactStore(folder)
              const sizes = `${megabytes(bytesBefore)} to ${megabytes(bytesAfter)}`
              say.line(` ✓ ${found.node}/${store}: ${sizes}, ${rows} rows`)
              done.push({ node: found.node, store, bytesBefore, bytesAfter, rows })
            } catch (error) {
              const why = (error as Error).message
              const hint = 'the file is as it was; make room on the disk and run it again'
              throw new CliError('FILE', `${folder} was not compacted`, why, hint)
            }
          }
        })
      }
      say.document({ compacted: done })
    })
}
