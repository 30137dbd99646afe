// aitbc light checkpoint --out FILE: the newest stake checkpoint of one's own node as a file.

import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { MODE_NAMES } from '../../../protocol/consensus/validator-set.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { askOf, type LightBase, lightCommand, lightFailure } from '../light-options.ts'
import type { Terminal } from '../terminal.ts'

interface CheckpointOptions extends LightBase {
  readonly out: string
}

const TRUST =
  'A light client believes this file and nothing else: take one only from somebody you trust, by ' +
  'a way that nobody else can write to. It is good for 14 days.'

function write(path: string, text: string): void {
  try {
    writeFileSync(path, text)
  } catch (error) {
    const why = (error as Error).message
    throw new CliError('FILE', `cannot write ${path}`, why, 'choose another path with --out')
  }
}

export function lightCheckpointCommand(terminal: Terminal): Command {
  return lightCommand('checkpoint', 'write what light clients begin with, from your own node')
    .addOption(new Option('--out <file>', 'file to write').makeOptionMandatory())
    .addHelpText('after', `\n${TRUST}`)
    .action(async (options: CheckpointOptions) => {
      const ask = askOf(options, terminal)
      const { makeCheckpoint } = await import('../../../sdk/light/make-checkpoint.ts')
      const { encodeLightCheckpoint } = await import('../../../protocol/light/light-checkpoint.ts')
      const made = await makeCheckpoint(ask).catch((error) => {
        throw lightFailure(error)
      })
      const path = resolve(terminal.cwd, options.out)
      write(path, encodeLightCheckpoint(made))
      const { epoch, certified, rules, set, asOfMs } = made
      const say = speaker(options, terminal)
      const mode = MODE_NAMES[rules.mode]
      const count = set.validators.length
      say.line(` ${path}: block ${certified.height}, epoch ${epoch} ${mode}, ${count} validators`)
      say.line(` ${TRUST}`)
      const { height, hash } = certified
      const file = { file: path, epoch, height, hash, mode }
      say.document({ ...file, validatorSetHash: rules.setHash, asOfMs })
    })
}
