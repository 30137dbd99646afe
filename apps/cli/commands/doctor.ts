// aitbc doctor: whether this machine can run a cluster.

import type { Command } from 'commander'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { table } from '../screen/table.ts'
import type { Terminal } from '../terminal.ts'

const SIGNS = { ok: '✓', warning: '!', failed: '✗' }

export function doctorCommand(terminal: Terminal): Command {
  return baseCommand('doctor', 'check whether this machine can run a cluster').action(
    async (options: BaseOptions) => {
      const { doctorChecks } = await import('../doctor-checks.ts')
      const checks = await doctorChecks(dataDirectory(options, terminal))
      const failed = checks.filter((check) => check.verdict === 'failed')
      const say = speaker(options, terminal)
      const rows = checks.map(({ name, verdict, detail, hint }) => [
        SIGNS[verdict],
        name,
        hint ? `${detail}: ${hint}` : detail,
      ])
      for (const line of table(rows)) say.line(` ${line}`)
      if (failed.length > 0) {
        const names = failed.map((check) => check.name).join(', ')
        throw new CliError(
          'CHECK_FAILED',
          `${names} failed`,
          failed[0]?.detail ?? '',
          failed[0]?.hint ?? '',
        )
      }
      say.document({ ok: true, checks })
    },
  )
}
