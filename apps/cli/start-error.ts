// A start that failed, as an error for people.

import { KEY_ERROR_CODES, type KeyErrorCode } from '../../compute/keystore/key-error.ts'
import { CliError, keyCliError } from './cli-error.ts'

/** A failed start as an error for people; the thrown code names its cause. */
export function startError(error: unknown, data: string): unknown {
  const { code, message, hint } = error as { code?: string; message?: string; hint?: string }
  if (error instanceof CliError) return error
  if (KEY_ERROR_CODES.includes(code as KeyErrorCode)) {
    const why = { code: code as KeyErrorCode, message: message ?? '', hint: hint ?? '' }
    return keyCliError(why)
  }
  if (code === 'EADDRINUSE' || code === 'PORT_TAKEN') {
    const hint = 'run again with --ports auto, or stop the program that uses the port'
    return new CliError('PORT_TAKEN', 'a port is taken', message ?? 'in use', hint)
  }
  if (code === 'ALREADY_RUNNING') {
    const hint = 'stop it with ./aitbc down, or give another folder with --data'
    return new CliError('ALREADY_RUNNING', `a cluster uses ${data}`, message ?? '', hint)
  }
  if (code === 'STATE_MISMATCH') {
    const hint = `start a new chain with --reset, or name another folder with --data`
    return new CliError('STATE_MISMATCH', `${data} cannot be continued`, message ?? '', hint)
  }
  if ((error as Error)?.name === 'NodeStartError') {
    const hint = `read ${data}/logs: each node has a file there`
    return new CliError('START_FAILED', 'a node did not start', message ?? '', hint)
  }
  return error
}
