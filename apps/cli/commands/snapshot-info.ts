// aitbc snapshot info: what a snapshot is, and with --verify whether it is whole.

import { resolve } from 'node:path'
import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import type { Terminal } from '../terminal.ts'

interface InfoOptions extends BaseOptions {
  readonly verify?: boolean
}

export function snapshotInfoCommand(terminal: Terminal): Command {
  return baseCommand('info', 'show what a snapshot holds')
    .argument('<path>', 'folder of the snapshot, or the file "manifest" in it')
    .option('--verify', 'also check every chunk and rebuild the state’s root')
    .action(async (path: string, options: InfoOptions) => {
      const { loadManifest, verifyChunks } = await import(
        '../../../storage/snapshot/restore-snapshot.ts'
      )
      const { snapshotFolder } = await import('../../../storage/snapshot/snapshot-folder.ts')
      const { headerTimeMs } = await import('../../../protocol/block/extra-data.ts')
      const { snapshotRefused } = await import('../snapshot-refused.ts')
      const { progressLine } = await import('../screen/progress-line.ts')
      const say = speaker(options, terminal)
      const folder = snapshotFolder(resolve(terminal.cwd, path))
      const loaded = loadManifest(folder)
      if (!loaded.ok) throw snapshotRefused(loaded)
      const { manifest } = loaded
      const { header, hash, epoch, chainId, genesisHash, accounts, slots, chunks } = manifest
      const time = new Date(headerTimeMs(header)).toISOString()
      say.line(` block      ${header.height} of epoch ${epoch}, ${time}`)
      say.line(` hash       ${hash}`)
      say.line(` state root ${header.stateRoot}`)
      say.line(` chain      ${chainId}, genesis ${genesisHash}`)
      say.line(` rows       ${accounts} accounts, ${slots} slots in ${chunks.length} chunks`)
      if (options.verify) {
        const verdict = verifyChunks(
          folder,
          manifest,
          progressLine('verified', say, terminal, options),
        )
        if (!verdict.ok) throw snapshotRefused(verdict)
        say.line(' ✓ every chunk is whole and the rows have the header’s state root')
      }
      const { height, stateRoot } = header
      const facts = { height, epoch, time, hash, stateRoot, genesisHash, accounts, slots }
      const verified = options.verify === true
      say.document({ ...facts, chainId: Number(chainId), chunks: chunks.length, verified })
    })
}
