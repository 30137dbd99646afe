// aitbc models pull [IDS…]: fetches model files, checks them, keeps them by digest.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { startLine } from '../screen/start-lines.ts'
import type { Terminal } from '../terminal.ts'

export function modelsPullCommand(terminal: Terminal): Command {
  return baseCommand('pull', 'fetch models; all of them when none is named')
    .argument('[ids...]', 'for example stories15m')
    .action(async (ids: string[], options: BaseOptions) => {
      const { loadManifest, manifestIds } = await import('../../../compute/models/manifest.ts')
      const { isCached } = await import('../../../compute/models/model-cache.ts')
      const { PullError, pullModel } = await import('../../../compute/models/pull.ts')
      const say = speaker(options, terminal)
      const inPlace = terminal.interactive && !options.json
      const pulled: { id: string; bytes: number; was: 'here' | 'pulled' }[] = []
      for (const id of ids.length > 0 ? ids : manifestIds()) {
        let manifest: ReturnType<typeof loadManifest>
        try {
          manifest = loadManifest(id)
        } catch (error) {
          const why = (error as Error).message
          throw new CliError('BAD_VALUE', 'unknown model', why, 'see ./aitbc models list')
        }
        const was = isCached(manifest) ? 'here' : 'pulled'
        try {
          await pullModel(manifest, (progress) => {
            const line = startLine({ type: 'download', ...progress })
            if (inPlace && line) say.text(`\r${line}\u001b[K`)
          })
        } catch (error) {
          if (!(error instanceof PullError)) throw error
          throw new CliError('PULL_FAILED', `${id} was not pulled`, error.message, error.hint)
        }
        if (inPlace) say.text('\r\u001b[K')
        say.line(` ✓ ${id} ${was === 'here' ? 'is here already' : 'pulled and checked'}`)
        pulled.push({ id, bytes: manifest.files.reduce((sum, file) => sum + file.size, 0), was })
      }
      say.document({ models: pulled })
    })
}
