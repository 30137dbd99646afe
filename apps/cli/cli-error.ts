// The errors of the command line: one table of codes, three lines for people, one document for
// programs. Whatever is thrown ends up here; nothing fails with a stack trace or an empty success.

import { KeyError } from '../../compute/keystore/key-error.ts'

export interface CliErrorKind {
  /** Exit status: 1 failed, 2 wrong use, 3 port taken, 4 state does not fit, 5 a part died. */
  readonly exit: number
  readonly meaning: string
}

/** docs/ERRORS.md is generated from this table. */
export const CLI_ERRORS = {
  USAGE: { exit: 2, meaning: 'The command line could not be understood.' },
  BAD_VALUE: { exit: 2, meaning: 'An argument or option has a value that is not possible.' },
  BAD_TOPOLOGY: { exit: 2, meaning: 'The topology file cannot be read or is wrong.' },
  WRONG_TOPOLOGY: { exit: 1, meaning: '`topology check` found faults in the file.' },
  BAD_ENVIRONMENT: { exit: 2, meaning: 'An AITBC_ environment variable has an impossible value.' },
  NOT_RUNNING: { exit: 1, meaning: 'No cluster runs with this data folder.' },
  ALREADY_RUNNING: { exit: 3, meaning: 'A cluster already runs with this data folder.' },
  PORT_TAKEN: { exit: 3, meaning: 'A port that the topology names is in use.' },
  STATE_MISMATCH: { exit: 4, meaning: 'The data folder belongs to another network or version.' },
  START_FAILED: { exit: 5, meaning: 'The cluster did not become ready.' },
  STOP_FAILED: { exit: 5, meaning: 'A process of the cluster did not end.' },
  UNREACHABLE: { exit: 1, meaning: 'A part of the cluster does not answer.' },
  REFUSED: { exit: 1, meaning: 'The chain or the coordinator refused the request.' },
  JOB_FAILED: { exit: 1, meaning: 'The job ended without a result; its money was returned.' },
  UNKNOWN: { exit: 1, meaning: 'The cluster knows nothing under that name.' },
  TIMEOUT: { exit: 1, meaning: 'Something took longer than its limit.' },
  FILE: { exit: 1, meaning: 'A file cannot be read or written.' },
  SNAPSHOT_REFUSED: { exit: 1, meaning: 'The snapshot is damaged, foreign, old or not trusted.' },
  CHAIN_EXISTS: { exit: 4, meaning: 'The node has a chain already; it is never written over.' },
  DATABASE_BROKEN: { exit: 1, meaning: '`verify-db` found rows that contradict each other.' },
  INVALID_RECEIPT: { exit: 1, meaning: 'The receipt file does not verify.' },
  NOT_VERIFIED: { exit: 1, meaning: 'What the node shows does not hold under the checkpoint.' },
  PULL_FAILED: { exit: 1, meaning: 'A model could not be fetched or is not what it should be.' },
  ONE_PROCESS: { exit: 2, meaning: 'The fault needs a cluster whose nodes are processes.' },
  INVARIANT_BROKEN: { exit: 1, meaning: 'Something that must hold did not, after a fault.' },
  BAD_CONFIG: { exit: 2, meaning: 'The configuration file cannot be read or is wrong.' },
  KEYS_MISSING: { exit: 1, meaning: 'A key file that is needed is not there.' },
  KEYS_EXIST: { exit: 4, meaning: 'Keys are there already; they are never replaced.' },
  KEYS_EXPOSED: { exit: 4, meaning: 'Others than the owner may read or write the keys.' },
  KEYS_DAMAGED: { exit: 4, meaning: 'A key file or a public identity is not what it should be.' },
  KEYS_IN_USE: { exit: 3, meaning: 'Another process signs with the same folder of keys.' },
  WRONG_PASSWORD: { exit: 1, meaning: 'The password does not open a key.' },
  SIGN_STATE_LOST: { exit: 4, meaning: 'Nobody knows any more what the key has signed.' },
  CHECK_FAILED: { exit: 1, meaning: 'A check of `doctor` failed.' },
  BENCH_FAILED: { exit: 1, meaning: 'A bench broke off, or its figures do not count.' },
  INTERNAL: { exit: 1, meaning: 'A fault in AITBC itself.' },
} as const satisfies Record<string, CliErrorKind>

export type CliErrorCode = keyof typeof CLI_ERRORS

export class CliError extends Error {
  override readonly name = 'CliError'
  readonly code: CliErrorCode
  readonly why: string
  readonly hint: string
  /** What --json prints instead of the error: for results that are themselves a refusal. */
  readonly document: object | undefined

  /** `message` says what failed, `why` the reason, `hint` what to do. */
  constructor(code: CliErrorCode, message: string, why: string, hint: string, document?: object) {
    super(message)
    this.code = code
    this.why = why
    this.hint = hint
    this.document = document
  }

  get exit(): number {
    return CLI_ERRORS[this.code].exit
  }
}

/** What went wrong with keys, from this process or told by another. */
export function keyCliError({ code, message, hint }: Omit<KeyError, 'name'>): CliError {
  return new CliError(code, 'the keys cannot be used', message, hint)
}

/** Anything thrown as a CliError: what is not one is a fault of ours and says so. */
export function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error
  if (error instanceof KeyError) return keyCliError(error)
  const fault = error instanceof Error ? error : new Error(String(error))
  const where = fault.stack?.split('\n').find((line) => line.trim().startsWith('at '))
  return new CliError(
    'INTERNAL',
    fault.message.split('\n')[0] || fault.name,
    `a fault in AITBC${where ? `, ${where.trim()}` : ''}`,
    'report it with the command you ran and the lines above',
  )
}

export function errorLines(error: CliError): string[] {
  return [`error: ${error.message}`, `why:   ${error.why}`, `do:    ${error.hint}`]
}

export interface ErrorDocument {
  readonly error: {
    readonly code: CliErrorCode
    readonly message: string
    readonly why: string
    readonly hint: string
  }
}

export function errorDocument({ code, message, why, hint, document }: CliError): object {
  return document ?? ({ error: { code, message, why, hint } } satisfies ErrorDocument)
}
