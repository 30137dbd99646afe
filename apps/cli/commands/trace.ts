// aitbc trace JOB_ID: what happened to a job, step by step over all nodes, drawn as a waterfall.

import type { Command } from 'commander'
import { findProcesses } from '../../inspector/poll/find-processes.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { runningCluster } from '../running-cluster.ts'
import { waterfall } from '../screen/waterfall.ts'
import type { Terminal } from '../terminal.ts'
import { collectSpans } from '../trace/collect-spans.ts'

const JOB = /^0x[0-9a-f]{64}$/
const TRACE = /^(?!0{32})[0-9a-f]{32}$/

function checkedId(given: string): string {
  const id = given.toLowerCase()
  if (JOB.test(id) || TRACE.test(id)) return id
  throw new CliError(
    'BAD_VALUE',
    `${given.slice(0, 80)} is no job`,
    'a job id is 0x and 64 hex digits, a trace id 32 hex digits',
    'take the job_id that ./aitbc run --json printed',
  )
}

export function traceCommand(terminal: Terminal): Command {
  return baseCommand('trace', 'draw the steps of a job over actors, chain and provider')
    .argument('<job>', 'job id (0x…), or the 32 digits of a W3C trace')
    .action(async (given: string, options: BaseOptions) => {
      const id = checkedId(given)
      const data = dataDirectory(options, terminal)
      runningCluster(data)
      const { trace, spans, silent } = await collectSpans(findProcesses(data) ?? [], id)
      const say = speaker(options, terminal)
      if (spans.length === 0) {
        const why =
          silent.length > 0 ? `not answered: ${silent.join(', ')}` : 'no node has kept any'
        const hint = 'steps are kept in memory: the newest ones only, and until a restart'
        throw new CliError('UNKNOWN', `no step of trace ${trace} is left`, why, hint)
      }
      const nodes = new Set(spans.map((span) => span.node))
      if (!options.json) {
        say.line(`trace ${trace}: ${spans.length} steps on ${nodes.size} nodes`)
        for (const line of waterfall(spans, terminal.columns)) say.line(line)
        if (silent.length > 0) say.line(`not answered, so not in the picture: ${silent.join(', ')}`)
      }
      say.document({ trace, spans, silent })
    })
}
