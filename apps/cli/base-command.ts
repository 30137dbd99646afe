// What all commands share: --data, --json, and a way to speak that keeps stdout to one JSON
// document when that was asked for.

import { resolve } from 'node:path'
import { Command, Option } from 'commander'
import type { Terminal } from './terminal.ts'

export interface BaseOptions {
  readonly data?: string
  readonly json?: boolean
}

/** A command with the options that every command takes. */
export function baseCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .addOption(new Option('--data <dir>', 'data folder (default .aitbc/<network>)'))
    .addOption(new Option('--json', 'one JSON document on stdout, progress on stderr'))
}

/** The data folder: --data, AITBC_STORAGE_DATA_DIR, or .aitbc/<AITBC_NETWORK, dev when not set>. */
export function dataDirectory(options: BaseOptions, terminal: Terminal): string {
  const network = terminal.env.AITBC_NETWORK || 'dev'
  const set = terminal.env.AITBC_STORAGE_DATA_DIR || undefined
  return resolve(terminal.cwd, options.data ?? set ?? `.aitbc/${network}`)
}

export interface Speaker {
  /** A line for people: on stdout, or on stderr when stdout is for the document. */
  line(text: string): void
  /** The same without an end of line. */
  text(text: string): void
  /** The document of --json; says nothing otherwise. */
  document(value: unknown): void
}

export function speaker(options: BaseOptions, terminal: Terminal): Speaker {
  const write = options.json ? terminal.err : terminal.out
  return {
    line: (text) => write(`${text}\n`),
    text: write,
    document: (value) => {
      if (options.json) terminal.out(`${JSON.stringify(value, jsonValue)}\n`)
    },
  }
}

/** Money is decimal text in JSON: a number would lose digits. */
function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value
}
