// aitbc models list: the models this program knows, and whether their files are on this machine.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

export function modelsListCommand(terminal: Terminal): Command {
  return baseCommand('list', 'list models and what is on this machine').action(
    async (options: BaseOptions) => {
      const { loadManifest, manifestIds, modelRoot } = await import(
        '../../../compute/models/manifest.ts'
      )
      const { isCached } = await import('../../../compute/models/model-cache.ts')
      const models = manifestIds().map((id) => {
        const manifest = loadManifest(id)
        const bytes = manifest.files.reduce((sum, file) => sum + file.size, 0)
        const { task, licence } = manifest
        return { id, task, licence, bytes, cached: isCached(manifest), root: modelRoot(manifest) }
      })
      const say = speaker(options, terminal)
      const rows = models.map(({ id, task, licence, bytes, cached }) => [
        id,
        task,
        licence,
        `${(bytes / 1e6).toFixed(1)} MB`,
        cached ? 'here' : 'not pulled',
      ])
      const head = ['model', 'task', 'licence', 'size', 'files']
      for (const line of table([head, ...rows])) say.line(` ${line}`)
      say.document({ models })
    },
  )
}
