// Finds the commands that a page or a message tells its reader to type, and says which of them do
// not exist: ./aitbc with its commands and options, and the scripts of npm.

import type { Command } from 'commander'

export interface DocCommand {
  readonly path: string
  readonly line: number
  readonly words: readonly string[]
}

export interface CommandsKnown {
  readonly aitbc: Command
  /** Scripts of package.json. */
  readonly scripts: Readonly<Record<string, string>>
  /** The source of the program that a script starts; undefined where there is none of ours. */
  sourceOf(script: string): string | undefined
  /** Names of benches. */
  readonly benches: readonly string[]
}

const STARTS = /(?:\.\/aitbc|npm run|npm test|npm start)(?= |$)/
const INLINE_START = /^(?:[A-Z_]+=\S+ )*(?:\.\/)?(?:aitbc|npm run|npm test|npm start)(?= |$)/

function words(text: string): string[] {
  const bare = text.replace(/\s#.*$/, '').replace(/^(?:[A-Z_]+=\S+ )+/, '')
  return bare
    .replace(/"[^"]*"|'[^']*'/g, 'TEXT')
    .split(/[\s]+/)
    .filter((word) => word !== '')
}

/** The commands in a Markdown page: lines of shell blocks, and code within text. */
export function commandsIn(path: string, text: string): DocCommand[] {
  const found: DocCommand[] = []
  let fence: string | undefined
  for (const [i, line] of text.split('\n').entries()) {
    const mark = /^\s*```(\w*)/.exec(line)
    if (mark) {
      fence = fence === undefined ? (mark[1] ?? '') : undefined
    } else if (fence !== undefined) {
      const start = STARTS.exec(line)
      if (['sh', 'bash', 'console'].includes(fence) && start) {
        found.push({ path, line: i + 1, words: words(line.slice(start.index)) })
      }
    } else {
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g)) {
        if (INLINE_START.test(code)) found.push({ path, line: i + 1, words: words(code) })
      }
    }
  }
  return found
}

/** The commands that the messages in a source file name; not its comments. */
export function commandsInSource(path: string, text: string): DocCommand[] {
  const found: DocCommand[] = []
  for (const [i, line] of text.split('\n').entries()) {
    if (/^\s*(?:\/\/|\*|\/\*)/.test(line)) continue
    for (const [code] of line.matchAll(/\.\/aitbc [a-z][^'`",;:.$()]*/g)) {
      // A message goes on in prose after the command's name: only that is sure.
      const [first = '', second = ''] = code.split(' ').slice(1)
      found.push({ path, line: i + 1, words: ['./aitbc', first, ...(second ? [second] : [])] })
    }
  }
  return found
}

/** What is wrong with the command, if anything is. `prose`: words that follow it may be others. */
export function complaint(
  command: DocCommand,
  known: CommandsKnown,
  prose = false,
): string | undefined {
  const [program = '', ...rest] = command.words
  if (program === 'npm') return npmComplaint(rest, known)
  return aitbcComplaint(rest, known.aitbc, prose)
}

function aitbcComplaint(given: readonly string[], root: Command, prose: boolean) {
  let at = root
  const options = new Set(['--help', '--version', '-h'])
  const open = () => {
    for (const option of at.options) if (option.long) options.add(option.long)
  }
  open()
  for (const word of given) {
    if (word === '|' || word === '…' || word === '...') break
    if (word.startsWith('-')) {
      const name = word.split('=')[0] as string
      if (!options.has(name)) return `${at.name()} has no option ${name}`
      continue
    }
    if (at.commands.length === 0) continue
    const names = word.split('|')
    const next = at.commands.filter((child) => names.includes(child.name()))
    const isWord = /^[a-z][a-z-]*(?:\|[a-z-]+)*$/.test(word)
    if (next.length < names.length && isWord && !(prose && at === root && given[0] !== word)) {
      return `${at.name()} has no command ${word}`
    }
    if (!next[0]) break
    at = next[0]
    open()
  }
  return undefined
}

/** By its own hand, `'--name'` or `--name=`, or as an entry of node's parseArgs. */
function readsOption(source: string, name: string): boolean {
  return new RegExp(`--${name}(?![\\w-])|['"]${name}['"]|\\b${name}: \\{`).test(source)
}

function npmComplaint(given: readonly string[], known: CommandsKnown): string | undefined {
  const script = given[0] === 'run' ? given[1] : given[0]
  if (!script || !known.scripts[script]) return `package.json has no script ${script}`
  const after = given.indexOf('--')
  const rest = after < 0 ? [] : given.slice(after + 1)
  const source = known.sourceOf(script)
  for (const word of rest.filter((one) => one.startsWith('--'))) {
    const name = word.slice(2).split('=')[0] as string
    if (source !== undefined && !readsOption(source, name)) {
      return `${script} has no option --${name}`
    }
  }
  const bench = script === 'bench' ? rest[0] : undefined
  if (bench && /^[a-z]/.test(bench) && !known.benches.some((name) => name.includes(bench))) {
    return `no bench is named ${bench}`
  }
  return undefined
}
