// aitbc light verify --checkpoint FILE --height N: asks a node that need not be trusted, and checks
// what it shows. Exit 1 when it does not hold.

import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { MODE_NAMES } from '../../../protocol/consensus/validator-set.ts'
import { speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import {
  askOf,
  type LightBase,
  lightCommand,
  lightFailure,
  readCheckpointFile,
} from '../light-options.ts'
import type { Terminal } from '../terminal.ts'

interface VerifyOptions extends LightBase {
  readonly checkpoint: string
  readonly height: string
  readonly allowStale?: boolean
}

function heightOf(text: string): number {
  const height = /^[0-9]{1,15}$/.test(text) ? Number(text) : -1
  if (height >= 0) return height
  const why = 'it must be a whole number, 0 or more'
  throw new CliError(
    'BAD_VALUE',
    `"${text}" is no height`,
    why,
    'give a block number with --height',
  )
}

async function verify(options: VerifyOptions, terminal: Terminal) {
  const height = heightOf(options.height)
  const checkpoint = await readCheckpointFile(resolve(terminal.cwd, options.checkpoint))
  const { LightClient } = await import('../../../sdk/light/light-client.ts')
  const { blsNative } = await import('../../../compute/crypto/bls-native.ts')
  const client = new LightClient({
    checkpoint,
    ask: askOf(options, terminal),
    nowMs: Date.now(),
    allowStale: options.allowStale === true,
    bls: blsNative,
  })
  const { hash, epoch, mode, level, signers, stakeRatio, steps } = await client.header(height)
  const stakePercent = stakeRatio / 100
  return {
    valid: true,
    height,
    hash,
    epoch,
    mode: MODE_NAMES[mode],
    level,
    signers,
    stakePercent,
    steps,
  }
}

export function lightVerifyCommand(terminal: Terminal): Command {
  return lightCommand('verify', 'verify a block with nothing but a checkpoint that you trust')
    .addOption(new Option('--checkpoint <file>', 'light checkpoint').makeOptionMandatory())
    .addOption(new Option('--height <number>', 'height of the block').makeOptionMandatory())
    .addOption(new Option('--allow-stale', 'take a checkpoint from more than 14 days ago'))
    .action(async (options: VerifyOptions) => {
      const say = speaker(options, terminal)
      const found = await verify(options, terminal).catch((error) => {
        throw lightFailure(error)
      })
      const { height, hash, epoch, mode, level, signers, stakePercent, steps } = found
      say.line(` block ${height} ${hash}`)
      say.line(
        ` ${level}: epoch ${epoch} ${mode}, ${signers} signers, ${stakePercent} % of the stake`,
      )
      say.line(` VALID (${steps} checkpoints followed)`)
      say.document(found)
    })
}
