// Reads a command line, runs its command, turns every failure into three lines or one document.

import { Command, CommanderError } from 'commander'
import { nearestName } from '../../lib/nearest-name.ts'
import { asCliError, CliError, errorDocument, errorLines } from './cli-error.ts'
import { accountsCommand } from './commands/accounts.ts'
import { authorizeCommand } from './commands/authorize.ts'
import { benchCommand } from './commands/bench.ts'
import { chaosDelayCommand } from './commands/chaos-delay.ts'
import { chaosDropCommand } from './commands/chaos-drop.ts'
import { chaosHealCommand } from './commands/chaos-heal.ts'
import { chaosKillCommand } from './commands/chaos-kill.ts'
import { chaosPartitionCommand } from './commands/chaos-partition.ts'
import { chaosPauseCommand } from './commands/chaos-pause.ts'
import { compactCommand } from './commands/compact.ts'
import { configCheckCommand } from './commands/config-check.ts'
import { configShowCommand } from './commands/config-show.ts'
import { depositCommand } from './commands/deposit.ts'
import { doctorCommand } from './commands/doctor.ts'
import { downCommand } from './commands/down.ts'
import { inspectCommand } from './commands/inspect.ts'
import { keysChangePasswordCommand } from './commands/keys-change-password.ts'
import { keysExportCommand } from './commands/keys-export.ts'
import { keysImportCommand } from './commands/keys-import.ts'
import { keysListCommand } from './commands/keys-list.ts'
import { keysNewCommand } from './commands/keys-new.ts'
import { keysShowCommand } from './commands/keys-show.ts'
import { lightCheckpointCommand } from './commands/light-checkpoint.ts'
import { lightVerifyCommand } from './commands/light-verify.ts'
import { modelsListCommand } from './commands/models-list.ts'
import { modelsPullCommand } from './commands/models-pull.ts'
import { networkNewCommand } from './commands/network-new.ts'
import { nodeCommand } from './commands/node.ts'
import { pruneCommand } from './commands/prune.ts'
import { receiptVerifyCommand } from './commands/receipt-verify.ts'
import { rollupBalanceCommand } from './commands/rollup-balance.ts'
import { rollupChallengeCommand } from './commands/rollup-challenge.ts'
import { rollupDepositCommand } from './commands/rollup-deposit.ts'
import { rollupExitCommand } from './commands/rollup-exit.ts'
import { rollupLockCommand } from './commands/rollup-lock.ts'
import { rollupLockStatusCommand } from './commands/rollup-lock-status.ts'
import { rollupReceiptCommand } from './commands/rollup-receipt.ts'
import { rollupRefundCommand } from './commands/rollup-refund.ts'
import { rollupRefundMessageCommand } from './commands/rollup-refund-message.ts'
import { rollupRefundParcelCommand } from './commands/rollup-refund-parcel.ts'
import { rollupRegisterCommand } from './commands/rollup-register.ts'
import { rollupReleaseCommand } from './commands/rollup-release.ts'
import { rollupSendCommand } from './commands/rollup-send.ts'
import { rollupSettleCommand } from './commands/rollup-settle.ts'
import { rollupSettleFrozenCommand } from './commands/rollup-settle-frozen.ts'
import { rollupStatusCommand } from './commands/rollup-status.ts'
import { rollupVerifyCommand } from './commands/rollup-verify.ts'
import { runCommand } from './commands/run.ts'
import { snapshotCreateCommand } from './commands/snapshot-create.ts'
import { snapshotInfoCommand } from './commands/snapshot-info.ts'
import { snapshotRestoreCommand } from './commands/snapshot-restore.ts'
import { statusCommand } from './commands/status.ts'
import { topCommand } from './commands/top.ts'
import { topologyCheckCommand } from './commands/topology-check.ts'
import { topologyGraphCommand } from './commands/topology-graph.ts'
import { traceCommand } from './commands/trace.ts'
import { upCommand } from './commands/up.ts'
import {
  validatorClaimCommand,
  validatorDelegateCommand,
  validatorUnjailCommand,
  validatorWithdrawCommand,
} from './commands/validator-calls.ts'
import { validatorExitCommand } from './commands/validator-exit.ts'
import { validatorJoinCommand } from './commands/validator-join.ts'
import { validatorStatusCommand } from './commands/validator-status.ts'
import { verifyDbCommand } from './commands/verify-db.ts'
import type { Terminal } from './terminal.ts'
import { version } from './version.ts'

function group(name: string, description: string, ...commands: Command[]): Command {
  const parent = new Command(name).description(description)
  for (const command of commands) parent.addCommand(command)
  return parent
}

function keysGroup(terminal: Terminal): Command {
  return group(
    'keys',
    'the encrypted keys of validators',
    keysNewCommand(terminal),
    keysListCommand(terminal),
    keysShowCommand(terminal),
    keysImportCommand(terminal),
    keysExportCommand(terminal),
    keysChangePasswordCommand(terminal),
  )
}

function validatorGroup(terminal: Terminal): Command {
  return group(
    'validator',
    'join and leave the validators of a chain',
    validatorJoinCommand(terminal),
    validatorStatusCommand(terminal),
    validatorExitCommand(terminal),
    validatorDelegateCommand(terminal),
    validatorClaimCommand(terminal),
    validatorUnjailCommand(terminal),
    validatorWithdrawCommand(terminal),
  )
}

function rollupGroup(terminal: Terminal): Command {
  return group(
    'rollup',
    'accounts of the rollup, and jobs that are paid in it',
    rollupStatusCommand(terminal),
    rollupRegisterCommand(terminal),
    rollupDepositCommand(terminal),
    rollupBalanceCommand(terminal),
    rollupSendCommand(terminal),
    rollupExitCommand(terminal),
    rollupLockCommand(terminal),
    rollupSettleCommand(terminal),
    rollupSettleFrozenCommand(terminal),
    rollupRefundMessageCommand(terminal),
    rollupRefundParcelCommand(terminal),
    rollupChallengeCommand(terminal),
    rollupReleaseCommand(terminal),
    rollupRefundCommand(terminal),
    rollupLockStatusCommand(terminal),
    rollupReceiptCommand(terminal),
    rollupVerifyCommand(terminal),
  )
}

/** Commands that work on the folder of a node, whether it runs or not. */
function folderCommands(terminal: Terminal): Command[] {
  return [
    group(
      'snapshot',
      'snapshots of a node’s state',
      snapshotCreateCommand(terminal),
      snapshotRestoreCommand(terminal),
      snapshotInfoCommand(terminal),
    ),
    pruneCommand(terminal),
    compactCommand(terminal),
    verifyDbCommand(terminal),
  ]
}

export function program(terminal: Terminal): Command {
  const root = new Command('aitbc')
    .description('A market for AI compute whose results come with receipts anyone can verify.')
    .version(version())
  const commands = [
    upCommand(terminal),
    downCommand(terminal),
    nodeCommand(terminal),
    statusCommand(terminal),
    runCommand(terminal),
    inspectCommand(terminal),
    topCommand(terminal),
    traceCommand(terminal),
    group('receipt', 'receipts of finished jobs', receiptVerifyCommand(terminal)),
    rollupGroup(terminal),
    group(
      'light',
      'verify what any node says from a checkpoint that you trust',
      lightVerifyCommand(terminal),
      lightCheckpointCommand(terminal),
    ),
    group('models', 'models', modelsPullCommand(terminal), modelsListCommand(terminal)),
    keysGroup(terminal),
    validatorGroup(terminal),
    group('network', 'networks of your own', networkNewCommand(terminal)),
    group(
      'config',
      'the settings of a node',
      configCheckCommand(terminal),
      configShowCommand(terminal),
    ),
    ...folderCommands(terminal),
    group(
      'topology',
      'topology files',
      topologyCheckCommand(terminal),
      topologyGraphCommand(terminal),
    ),
    group(
      'chaos',
      'break a running cluster on purpose, and check that it holds',
      chaosKillCommand(terminal),
      chaosPauseCommand(terminal),
      chaosPartitionCommand(terminal),
      chaosDropCommand(terminal),
      chaosDelayCommand(terminal),
      chaosHealCommand(terminal),
    ),
    accountsCommand(terminal),
    depositCommand(terminal),
    authorizeCommand(terminal),
    doctorCommand(terminal),
    benchCommand(terminal),
  ]
  for (const command of commands) root.addCommand(command)
  quiet(root, terminal)
  return root
}

/** Commander throws instead of exiting, and leaves the words to us; help stays its own. */
function quiet(command: Command, terminal: Terminal): void {
  command.exitOverride()
  command.showSuggestionAfterError(false)
  command.configureOutput({
    writeOut: (text) => terminal.out(text),
    writeErr: () => {},
    outputError: () => {},
  })
  for (const child of command.commands) quiet(child, terminal)
}

/** The command that the words of the line lead to: where an error belongs. */
function reached(root: Command, argv: readonly string[]): Command {
  let at = root
  for (const word of argv) {
    const next = at.commands.find((command) => command.name() === word)
    if (next) at = next
  }
  return at
}

function usageError(error: CommanderError, root: Command, argv: readonly string[]): CliError {
  const at = reached(root, argv)
  const path = at === root ? './aitbc' : `./aitbc ${namePath(at)}`
  const message = error.message.replace(/^error: /, '').split('\n')[0] as string
  const help = `run ${path} --help`
  const named = /'([^']+)'/.exec(message)?.[1]?.split(' ')[0] ?? ''
  if (error.code === 'commander.unknownOption') {
    const known = at.options.flatMap((option) => (option.long ? [option.long] : []))
    const near = nearestName(named.split('=')[0] as string, known)
    const hint = near ? `did you mean ${near}? ${help} shows all options` : help
    return new CliError('USAGE', message, `${path} knows no such option`, hint)
  }
  if (error.code === 'commander.unknownCommand') {
    const near = nearestName(
      named,
      at.commands.map((command) => command.name()),
    )
    const hint = near ? `did you mean "${near}"? ${help} shows all commands` : help
    return new CliError('USAGE', message, `${path} knows no such command`, hint)
  }
  return new CliError('USAGE', message, `${path} cannot be used like this`, help)
}

function namePath(command: Command): string {
  const parent = command.parent
  return parent?.parent ? `${namePath(parent)} ${command.name()}` : command.name()
}

/** Help was asked for, or no command was named. */
function isHelp(error: CommanderError): boolean {
  return ['commander.helpDisplayed', 'commander.version'].includes(error.code)
}

/** Runs one command line; the exit status is 0 only when everything asked for was done. */
export async function runCli(argv: readonly string[], terminal: Terminal): Promise<number> {
  const root = program(terminal)
  try {
    await root.parseAsync([...argv], { from: 'user' })
    return 0
  } catch (thrown) {
    if (thrown instanceof CommanderError && isHelp(thrown)) return 0
    if (thrown instanceof CommanderError && thrown.code === 'commander.help') {
      terminal.err(reached(root, argv).helpInformation())
      return 2
    }
    const error =
      thrown instanceof CommanderError ? usageError(thrown, root, argv) : asCliError(thrown)
    if (argv.includes('--json')) terminal.out(`${JSON.stringify(errorDocument(error))}\n`)
    terminal.err(`${errorLines(error).join('\n')}\n`)
    return error.exit
  }
}
