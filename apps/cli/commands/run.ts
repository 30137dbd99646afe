// aitbc run MODEL INPUT: locks the price, has the model run, streams the answer, settles, verifies.

import { type Command, InvalidArgumentError, Option } from 'commander'
import type { Endpoints } from '../../node/endpoints.ts'
import { type BaseOptions, baseCommand, dataDirectory, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { JobPayer } from '../job-payer.ts'
import { namedAccount } from '../named-account.ts'
import { runningCluster } from '../running-cluster.ts'
import type { Terminal } from '../terminal.ts'

interface RunOptions extends BaseOptions {
  readonly account: string
  readonly maxTokens?: number
  readonly temperature?: number
  readonly seed?: number
  readonly pay: 'market' | 'rollup'
}

function whole(text: string): number {
  const value = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(value)) return value
  throw new InvalidArgumentError('it is not a whole number.')
}

function decimal(text: string): number {
  const value = Number(text)
  if (/^\d+(?:\.\d+)?$/.test(text) && value <= 2) return value
  throw new InvalidArgumentError('it is not a number from 0 to 2.')
}

function requirements({ maxTokens, temperature, seed }: RunOptions): Record<string, number> {
  return {
    ...(maxTokens === undefined ? {} : { max_tokens: maxTokens }),
    ...(temperature === undefined ? {} : { temperature }),
    ...(seed === undefined ? {} : { seed }),
  }
}

async function payerOf(
  options: RunOptions,
  terminal: Terminal,
  cluster: Endpoints,
  traceparent: string,
): Promise<JobPayer> {
  const { rpc } = cluster.endpoints
  if (options.pay === 'rollup') {
    const { lockPayer } = await import('../lock-payer.ts')
    return lockPayer({ ...options, node: '', rpc, devAccount: options.account }, terminal)
  }
  const { chainClient } = await import('../chain-client.ts')
  const { escrowPayer } = await import('../job-payer.ts')
  const { privateKey } = namedAccount(cluster, options.account)
  return escrowPayer(chainClient(rpc, privateKey, traceparent))
}

export function runCommand(terminal: Terminal): Command {
  return baseCommand('run', 'run a model, pay for it, keep the receipt')
    .argument('<model>', 'for example stories15m')
    .argument('<input>', 'the prompt or text')
    .option('--max-tokens <n>', 'tokens to make at most', whole)
    .option('--temperature <t>', '0 takes the likeliest token', decimal)
    .option('--seed <n>', 'seed of the sampler', whole)
    .option('--account <name>', 'who pays', 'consumer')
    .addOption(
      new Option('--pay <how>', 'escrow on the base chain, or a lock of the rollup')
        .choices(['market', 'rollup'])
        .default('market'),
    )
    .action(async (model: string, input: string, options: RunOptions) => {
      if (input === '') {
        const hint = 'give the prompt in quotes: ./aitbc run stories15m "Once upon a time"'
        throw new CliError('BAD_VALUE', 'the input is empty', 'there is nothing to run', hint)
      }
      const data = dataDirectory(options, terminal)
      const cluster = runningCluster(data)
      const account = namedAccount(cluster, options.account)
      const { coordinatorDesk } = await import('../coordinator-desk.ts')
      const { runJob } = await import('../run-job.ts')
      const { realEntropy } = await import('../../../runtime/real-ports.ts')
      const { newCause } = await import('../../../runtime/trace/cause.ts')
      const { traceparentText } = await import('../../../runtime/trace/traceparent.ts')
      const request = {
        type: 'inference',
        model_id: model,
        input_data: input,
        requirements: requirements(options),
      }
      // One trace from the quote to the settlement: ./aitbc trace shows it.
      const traceparent = traceparentText(newCause(realEntropy))
      const payer = await payerOf(options, terminal, cluster, traceparent)
      const desk = coordinatorDesk(cluster.endpoints.api, account.privateKey, traceparent)
      const say = speaker(options, terminal)
      const document = await runJob({ request, payer, desk, data, say })
      if (document.status === 'completed') {
        say.document(document)
        return
      }
      const { error_code: code, error_message: message } = document
      const why = message ?? code ?? 'no reason was given'
      const hint = 'the money is back where it came from; see ./aitbc status'
      throw new CliError('JOB_FAILED', `the job ended as ${document.status}`, why, hint, document)
    })
}
