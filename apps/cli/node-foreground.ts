// `node` in this process: its start step by step, where it answers, whether the others are there.

import type { Topology } from '../../config/topology-schema.ts'
import { type BaseOptions, speaker } from './base-command.ts'
import { asCliError } from './cli-error.ts'
import { formatMs } from './screen/duration.ts'
import { startError } from './start-error.ts'
import type { StartPlace } from './start-options.ts'
import { stopAsked } from './stop-asked.ts'
import type { Terminal } from './terminal.ts'
import { upScreen } from './up-screen.ts'

export interface NodeForeground extends StartPlace {
  readonly topology: Topology
  readonly name: string
  readonly options: BaseOptions & { readonly quiet?: boolean }
  readonly terminal: Terminal
}

/** Returns after the node has stopped. */
export async function nodeForeground(given: NodeForeground): Promise<void> {
  const { topology, name, data, environment, access, options, terminal } = given
  const display = upScreen({ data, options, terminal })
  const say = speaker(options, terminal)
  const line = (text: string) => {
    if (!options.quiet) display.line(text)
  }
  try {
    for (const message of environment.notices) display.show({ type: 'warning', message })
    const { startAlone } = await import('../node/start-alone.ts')
    const started = performance.now()
    const report = display.show
    const running = await startAlone({
      topology,
      node: name,
      dataDirectory: data,
      environment,
      access,
      report,
    })
    const { node, detail } = running
    line(`${name} is ready in ${formatMs(performance.now() - started)}: ${detail}`)
    for (const what of ['rpc', 'api', 'admin', 'peer'] as const) {
      if (node[what]) line(`  ${what.padEnd(6)} ${node[what]}`)
    }
    void running.linked.then(
      () => line(' all validators of the topology answer'),
      () => {},
    )
    say.document({ ready: true, node })
    await stopAsked()
    line(' stopping (Ctrl-C again ends at once)')
    await running.stop()
    line(` stopped; the state is in ${data}`)
  } catch (thrown) {
    throw asCliError(startError(thrown, data))
  }
}
