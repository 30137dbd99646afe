// The password of the keys: from a file, from AITBC_KEY_PASSWORD, or asked for. Never an argument,
// which every user of the machine can see, and never printed.

import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { KEY_PASSWORD_CHARS_MIN } from '../../config/limits.ts'
import { CliError } from './cli-error.ts'
import type { Terminal } from './terminal.ts'

export interface PasswordSource {
  /** Path of a file whose first line it is. */
  readonly file?: string | undefined
  /** Asked for when there is no file; undefined where the environment's is meant. */
  readonly question?: string
  /** False where AITBC_KEY_PASSWORD is another password. */
  readonly fromEnvironment?: boolean
}

function fromFile(terminal: Terminal, given: string): string {
  const file = resolve(terminal.cwd, given)
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch (error) {
    const hint = 'give a file whose first line is the password'
    throw new CliError('FILE', `cannot read ${file}`, (error as Error).message, hint)
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line !== '') return line
  const hint = 'give a file whose first line is the password'
  throw new CliError('FILE', `${file} holds no password`, 'its first line is empty', hint)
}

/** Throws CliError when there is none, or its file cannot be read. */
export async function keyPassword(terminal: Terminal, source: PasswordSource): Promise<string> {
  if (source.file !== undefined) return fromFile(terminal, source.file)
  const set = source.fromEnvironment === false ? '' : terminal.env.AITBC_KEY_PASSWORD
  if (set) return set
  const answer = await terminal.secret?.(source.question ?? 'password of the keys: ')
  if (answer) return answer
  throw new CliError(
    'BAD_VALUE',
    'the keys need a password',
    terminal.secret ? 'the answer was empty' : 'none is given, and nobody is there to be asked',
    'give --password-file FILE or set AITBC_KEY_PASSWORD',
  )
}

/** A password for new files: long enough, and typed twice when it is typed. */
export async function newKeyPassword(terminal: Terminal, source: PasswordSource): Promise<string> {
  const password = await keyPassword(terminal, source)
  if ([...password].length < KEY_PASSWORD_CHARS_MIN) {
    const why = `it has fewer than ${KEY_PASSWORD_CHARS_MIN} characters`
    throw new CliError('BAD_VALUE', 'the password is too short', why, 'take a longer one')
  }
  const typed = source.file === undefined && password !== terminal.env.AITBC_KEY_PASSWORD
  if (!typed) return password
  if ((await terminal.secret?.('the same again: ')) === password) return password
  throw new CliError('BAD_VALUE', 'the passwords differ', 'the second is another', 'try again')
}
