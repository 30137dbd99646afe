// aitbc network new NAME: a network from the public identities of its first validators.

import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Command, Option } from 'commander'
import { type Hex, isHex } from '../../../lib/hex.ts'
import { amountArgument } from '../amount-argument.ts'
import { type BaseOptions, baseCommand, speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import type { Terminal } from '../terminal.ts'

interface NewOptions extends BaseOptions {
  readonly validators: string[]
  readonly out: string
  readonly chainId: string
  readonly mode: 'FAST' | 'BALANCED' | 'SECURE'
  readonly stake: string
  readonly balance: string
  readonly account: string[]
}

function chainIdOption(text: string): number {
  const id = Number(text)
  if (/^[1-9][0-9]{0,9}$/.test(text) && id < 2 ** 32) return id
  const why = 'it is a whole number below 2^32 that no other chain of yours has'
  throw new CliError('BAD_VALUE', `"${text}" is no chain id`, why, 'give for example 4242')
}

function accountOption(text: string): { address: Hex; balance: bigint } {
  const [address = '', amount = ''] = text.split('=')
  if (isHex(address, 20)) {
    return { address: address.toLowerCase() as Hex, balance: amountArgument(amount) }
  }
  const why = 'an account is 0x and 40 hex digits, then = and AITBC'
  const hint = `give for example 0x${'0'.repeat(39)}1=1000`
  throw new CliError('BAD_VALUE', `"${text}" is no account with money`, why, hint)
}

async function identities(files: readonly string[], cwd: string) {
  const { parseIdentity } = await import('../../node/keys/public-identity.ts')
  const { readJson } = await import('../../node/keys/private-file.ts')
  const found = files.map((given) => {
    const file = resolve(cwd, given)
    try {
      return parseIdentity(readJson(file))
    } catch (error) {
      const hint = 'each operator writes his with ./aitbc keys show --public'
      throw new CliError('FILE', `cannot use ${file}`, (error as Error).message, hint)
    }
  })
  for (const field of ['name', 'bls_public_key', 'peer_id', 'account'] as const) {
    const seen = new Set<string>()
    for (const identity of found) {
      if (!seen.has(identity[field])) seen.add(identity[field])
      else {
        const why = `two of them have ${field} ${identity[field]}`
        const hint = 'every validator has keys and a name (keys new --node NAME) of its own'
        throw new CliError('BAD_VALUE', 'the validators are not all different', why, hint)
      }
    }
  }
  return found
}

function writeNew(file: string, text: string): void {
  try {
    writeFileSync(file, text, { flag: 'wx' })
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === 'EEXIST' ? 'it exists already, and a genesis never changes' : message
    const hint = 'give another name, or another folder with --out'
    throw new CliError('FILE', `cannot write ${file}`, why, hint)
  }
}

async function newNetwork(name: string, options: NewOptions, terminal: Terminal): Promise<void> {
  const { networkNames } = await import('../../../config/network.ts')
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(name) || networkNames().includes(name)) {
    const why = 'a name is lower-case letters, digits and dashes, and not one of the project'
    throw new CliError('BAD_VALUE', `"${name}" is no name for a network`, why, 'give another')
  }
  const folder = resolve(terminal.cwd, options.out)
  const files = [join(folder, `${name}.json`), join(folder, `${name}.yaml`)] as const
  const validators = await identities(options.validators, terminal.cwd)
  const { makeNetwork, startingTopology } = await import('../../node/network-file.ts')
  const network = makeNetwork({
    name,
    chainId: chainIdOption(options.chainId),
    timestamp: Math.floor(Date.now() / 1000),
    mode: options.mode,
    validators,
    stake: amountArgument(options.stake),
    balance: amountArgument(options.balance),
    accounts: options.account.map(accountOption),
  })
  mkdirSync(folder, { recursive: true })
  for (const file of files) if (existsSync(file)) writeNew(file, '')
  writeNew(files[0], `${JSON.stringify(network, null, 2)}\n`)
  writeNew(files[1], startingTopology(name, validators))
  const say = speaker(options, terminal)
  say.line(`network ${name}: ${validators.length} validators, genesis ${network.genesisHash}`)
  say.line(`  ${files[0]}   give it to every operator; compare the hash by another way`)
  say.line(`  ${files[1]}   where the nodes are: correct it, then give it too`)
  const { genesisHash, validatorSetHash } = network
  const [network_file, topology_file] = files
  say.document({
    name,
    network_file,
    topology_file,
    genesis_hash: genesisHash,
    validator_set_hash: validatorSetHash,
  })
}

export function networkNewCommand(terminal: Terminal): Command {
  return baseCommand('new', 'make a network of validators with keys of their own')
    .argument('<name>', 'lower-case letters, digits and dashes')
    .requiredOption('--validators <files...>', 'public identities, of keys show --public')
    .option('--out <dir>', 'where NAME.json and NAME.yaml are written', '.')
    .option('--chain-id <number>', 'what transactions are signed for', '4242')
    .addOption(
      new Option('--mode <mode>', 'how the chain begins')
        .choices(['FAST', 'BALANCED', 'SECURE'])
        .default('FAST'),
    )
    .option('--stake <aitbc>', 'bonded by each validator', '10000')
    .option('--balance <aitbc>', "in each validator's account besides", '1000')
    .option('--account <address=aitbc...>', 'further accounts with money', [])
    .action((name: string, options: NewOptions) => newNetwork(name, options, terminal))
}
