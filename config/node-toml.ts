// Reads config/node.toml. Strict: an unknown section or key is an error that names the nearest
// known one, and every complaint says line and column.

import { readFileSync, statSync } from 'node:fs'
import { parse, TomlError } from 'smol-toml'
import { nearestName } from '../lib/nearest-name.ts'
import { CONFIG_BYTES_MAX } from './limits.ts'
import { type NodeSettings, SETTING_NAMES, SETTINGS, type SettingName } from './node-settings.ts'

export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly hint: string
  constructor(message: string, hint: string) {
    super(message)
    this.hint = hint
  }
}

const HINT = 'see config/node.toml for an example'

interface Place {
  readonly line: number
  readonly column: number
}

/** Where a key, or a section's head when there is no such key, stands in the text. */
export function placeOf(text: string, section: string, key?: string): Place {
  const start: Place = { line: 1, column: 1 }
  const quoted = (name: string) => `(?:${name}|"${name}"|'${name}')`
  const escaped = (name: string) => quoted(name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const head = new RegExp(`^\\s*\\[\\s*${escaped(section)}\\s*\\]`)
  const dotted = new RegExp(`^\\s*${escaped(section)}\\s*[.=]`)
  const own = key === undefined ? undefined : new RegExp(`^\\s*${escaped(key)}\\s*=`)
  const both =
    key === undefined
      ? undefined
      : new RegExp(`^\\s*${escaped(section)}\\s*\\.\\s*${escaped(key)}\\s*=`)
  let inside = false
  let found: Place | undefined
  for (const [i, line] of text.split('\n').entries()) {
    const place = { line: i + 1, column: line.length - line.trimStart().length + 1 }
    if (/^\s*\[/.test(line)) inside = head.test(line)
    if ((inside && own?.test(line)) || both?.test(line)) return place
    if (!found && (head.test(line) || dotted.test(line))) found = place
  }
  return found ?? start
}

function complain(file: string, text: string, problem: string, section: string, key?: string) {
  const { line, column } = placeOf(text, section, key)
  return new ConfigError(`${file}:${line}:${column}: ${problem}`, HINT)
}

function parsed(file: string, text: string): Record<string, unknown> {
  try {
    return parse(text)
  } catch (error) {
    if (!(error instanceof TomlError)) throw error
    const reason = error.message.split('\n')[0]?.replace(/^Invalid TOML document: /, '')
    throw new ConfigError(`${file}:${error.line}:${error.column}: not TOML: ${reason}`, HINT)
  }
}

function namesIn(section: string): SettingName[] {
  return SETTING_NAMES.filter((name) => SETTINGS[name].section === section)
}

const SECTIONS = [...new Set(SETTING_NAMES.map((name) => SETTINGS[name].section))]

function didYouMean(name: string, known: readonly string[]): string {
  const near = nearestName(name, known)
  return near ? `; did you mean "${near}"?` : ` (known: ${known.join(', ')})`
}

/** Throws ConfigError for the first thing that is wrong. */
export function parseNodeToml(text: string, file: string): NodeSettings {
  const found: Record<string, unknown> = {}
  for (const [section, values] of Object.entries(parsed(file, text))) {
    const names = namesIn(section)
    if (names.length === 0) {
      const problem = `unknown section "${section}"${didYouMean(section, SECTIONS)}`
      throw complain(file, text, problem, section)
    }
    if (typeof values !== 'object' || values === null || Array.isArray(values)) {
      throw complain(file, text, `"${section}" is a section: write [${section}]`, section)
    }
    for (const [key, value] of Object.entries(values)) {
      const name = names.find((one) => SETTINGS[one].key === key)
      if (!name) {
        const known = names.map((one) => SETTINGS[one].key)
        const problem = `unknown key "${key}" in [${section}]${didYouMean(key, known)}`
        throw complain(file, text, problem, section, key)
      }
      const result = SETTINGS[name].form.safeParse(value)
      if (!result.success) {
        const problem = `${key}: ${result.error.issues[0]?.message}`
        throw complain(file, text, problem, section, key)
      }
      found[name] = { value: result.data, source: file }
    }
  }
  return found as NodeSettings
}

/** Throws ConfigError. */
export function loadNodeToml(file: string): NodeSettings {
  let text: string
  try {
    if (statSync(file).size > CONFIG_BYTES_MAX) {
      throw new ConfigError(`${file} has more than ${CONFIG_BYTES_MAX} bytes`, HINT)
    }
    text = readFileSync(file, 'utf8')
  } catch (error) {
    if (error instanceof ConfigError) throw error
    throw new ConfigError(`cannot read ${file}: ${(error as Error).message}`, HINT)
  }
  return parseNodeToml(text, file)
}
