// Whoever types what the documentation says gets it: every command that a page names exists, with
// its options; and so does every command that a message of the program names.

import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { program } from '../apps/cli/run-cli.ts'
import { processTerminal } from '../apps/cli/terminal.ts'
import { READERS } from '../bench/harness/readers.ts'
import {
  type CommandsKnown,
  commandsIn,
  commandsInSource,
  complaint,
  type DocCommand,
} from '../scripts/doc-commands.ts'

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as {
  scripts: Record<string, string>
}

const benches = readdirSync('bench', { recursive: true, encoding: 'utf8' }).filter((file) =>
  file.endsWith('.ts'),
)

/** The sources that read a script's options: the program, its folder of parts, the benches. */
function sourceOf(script: string): string | undefined {
  const main = /scripts\/([\w-]+)\.(?:ts|mjs)/.exec(scripts[script] ?? '')?.[1]
  if (!main) return undefined
  const name = main.replace(/^run-/, '')
  const files = [`scripts/${main}.mjs`, `scripts/${main}.ts`, `scripts/${name}.ts`]
  const folder = `scripts/${name}`
  if (existsSync(folder)) files.push(...readdirSync(folder).map((file) => `${folder}/${file}`))
  if (script === 'bench') files.push(...benches.map((file) => `bench/${file}`))
  return files
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
}

const known: CommandsKnown = {
  aitbc: program(processTerminal()),
  scripts,
  sourceOf,
  benches: [...benches, ...READERS],
}

function tracked(...patterns: string[]): string[] {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...patterns], {
    encoding: 'utf8',
  })
  return listed.split('\n').filter((path) => path !== '' && existsSync(path))
}

function complaints(commands: readonly DocCommand[], prose = false): string[] {
  return commands.flatMap((command) => {
    const wrong = complaint(command, known, prose)
    return wrong ? [`${command.path}:${command.line} ${command.words.join(' ')}: ${wrong}`] : []
  })
}

test('every command in the pages exists', () => {
  const pages = tracked('*.md').filter((path) => !path.startsWith('test/fixtures/'))
  const commands = pages.flatMap((path) => commandsIn(path, readFileSync(path, 'utf8')))
  assert.ok(commands.length > 30, `only ${commands.length} commands found`)
  assert.equal(complaints(commands), [])
})

test('every command that a message names exists', () => {
  const sources = tracked('apps/*.ts', 'scripts/*.mjs', 'config/*.ts')
  const commands = sources.flatMap((path) => commandsInSource(path, readFileSync(path, 'utf8')))
  assert.ok(commands.length > 5, `only ${commands.length} commands found`)
  assert.equal(complaints(commands, true), [])
})

test('a command, an option, a script, a bench that does not exist is found', () => {
  const page = [
    'Type `./aitbc statsu` or `aitbc up FILE --prots auto`, `aitbc models fetch x`.',
    '`npm run sokk`, `npm run sim -- --sedes 5`, `npm run bench -- warp`; `./aitbc status --json`.',
    '```sh',
    './aitbc run MODEL "--text that is no option" --badly   # comment with --words',
    '```',
    '```yaml',
    'not: ./aitbc nothing',
    '```',
  ].join('\n')
  const wrong = complaints(commandsIn('page.md', page))
  assert.equal(
    wrong.map((text) => text.replace(/^(page.md:\d+) .*: /, '$1 ')),
    [
      'page.md:1 aitbc has no command statsu',
      'page.md:1 up has no option --prots',
      'page.md:1 models has no command fetch',
      'page.md:2 package.json has no script sokk',
      'page.md:2 sim has no option --sedes',
      'page.md:2 no bench is named warp',
      'page.md:4 run has no option --badly',
    ],
  )
})

test.run()
