// The rules of the house that neither compiler nor linter knows: who may import whom, how long a
// file may be, which words and paths never get into the tree. Pure: files in, complaints out.

import { posix } from 'node:path'
import { LAYERS, SHARED_FILES } from './layers.ts'

export interface SourceFile {
  /** Relative to the root, with forward slashes. */
  readonly path: string
  readonly text: string
}

export interface Complaint {
  readonly path: string
  readonly line: number
  readonly rule: string
  readonly message: string
}

export const FILE_LINES_MAX = 400
export const LINE_COLUMNS_MAX = 100

/** Spelled in two parts, because this file is checked too. */
const BANNED_WORDS = ['TO' + 'DO', 'FIX' + 'ME', 'XX' + 'X', 'HA' + 'CK']
const MACHINE_PATHS = /(?<![\w.$])\/(?:work|root|home\/\w+|Users\/\w+)\/[\w.]/
const REGISTRY_HOSTS = /\bregistry\.(?:npmjs|yarnpkg)\.\w+|\bregistry\.npmmirror\.\w+/i

/** Text that cannot be broken does not make a line too long: the formatter leaves it alone. */
const LONG_TEXT = /(['"`])(?:(?!\1).){60,}\1|\S{90}|\/[^/]{60,}\/\w*/

const CODE = /\.(?:ts|mjs)$/
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.(?:test|bench))?\.(?:ts|mjs)$/

/** Every rule on every file; the order is that of the files. */
export function tidyComplaints(files: readonly SourceFile[]): Complaint[] {
  const paths = new Set(files.map((file) => file.path))
  return files.flatMap((file) => {
    if (CODE.test(file.path)) return [...codeRules(file), ...textRules(file)]
    if (file.path.endsWith('.md')) return [...linkRules(file, paths), ...textRules(file)]
    return textRules(file)
  })
}

function lineOf(text: string, index: number): number {
  return text.slice(0, index).split('\n').length
}

function codeRules(file: SourceFile): Complaint[] {
  const complaints: Complaint[] = []
  const complain = (line: number, rule: string, message: string) =>
    complaints.push({ path: file.path, line, rule, message })
  const name = posix.basename(file.path)
  const lines = file.text.split('\n')
  if (!KEBAB.test(name)) complain(1, 'name', 'file names are in kebab-case')
  if (/^(?:utils?|helpers?|misc|common)\.ts$/.test(name)) {
    complain(1, 'name', 'a file is named for the one thing it exports')
  }
  if (lines.length - 1 > FILE_LINES_MAX) {
    complain(FILE_LINES_MAX, 'length', `${lines.length - 1} lines, at most ${FILE_LINES_MAX}`)
  }
  const first = lines[0]?.startsWith('#!') ? lines[1] : lines[0]
  if (!first?.startsWith('//')) complain(1, 'opening', 'a file opens with what it is and why')
  for (const [i, line] of lines.entries()) {
    const word = BANNED_WORDS.find((banned) => new RegExp(`\\b${banned}\\b`).test(line))
    if (word) complain(i + 1, 'word', `"${word}" is not a way to leave work: do it or file it`)
    if (line.length > LINE_COLUMNS_MAX && !LONG_TEXT.test(line)) {
      complain(i + 1, 'columns', `${line.length} columns, at most ${LINE_COLUMNS_MAX}`)
    }
  }
  if (/^export \* /m.test(file.text))
    complain(1, 'barrel', 'no barrel files: import the file itself')
  complaints.push(...importRules(file))
  return complaints
}

/** Comments and the text of strings could look like imports: statements start their line. */
const IMPORTS = [
  /^(?:import|export)\b[^'"`;]*?\bfrom\s*['"]([^'"]+)['"]/gms,
  /^import\s*['"]([^'"]+)['"]/gm,
  /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g,
  /\bnew URL\(\s*['"](\.[^'"]+\.(?:ts|mjs|js))['"]\s*,\s*import\.meta\.url/g,
]

export function importsOf(text: string): { source: string; line: number }[] {
  return IMPORTS.flatMap((pattern) =>
    [...text.matchAll(pattern)].map((match) => ({
      source: match[1] as string,
      line: lineOf(text, (match.index ?? 0) + match[0].indexOf(match[1] as string)),
    })),
  )
}

function matches(pattern: string, name: string): boolean {
  return pattern.endsWith('*') ? name.startsWith(pattern.slice(0, -1)) : name === pattern
}

function importRules(file: SourceFile): Complaint[] {
  const layerName = file.path.split('/')[0] as string
  const layer = LAYERS[layerName]
  if (!layer) return []
  return importsOf(file.text).flatMap(({ source, line }) => {
    const message = source.startsWith('.')
      ? folderProblem(file.path, layerName, layer.folders, source)
      : layer.packages.some((pattern) => matches(pattern, source))
        ? undefined
        : `${layerName}/ may not import the package ${source}`
    return message ? [{ path: file.path, line, rule: 'import', message }] : []
  })
}

function folderProblem(
  path: string,
  layer: string,
  allowed: readonly string[],
  source: string,
): string | undefined {
  const target = posix.normalize(posix.join(posix.dirname(path), source))
  const parts = target.split('/')
  if (SHARED_FILES.includes(target) || parts[0] === 'dist') return undefined
  if (parts[0] !== layer) {
    return allowed.includes(parts[0] as string)
      ? undefined
      : `${layer}/ may not import ${parts[0]}/: imports go down only`
  }
  if (layer === 'actors' && path.split('/')[1] !== parts[1] && parts[1] !== 'messages') {
    return `an actor never imports its sibling ${parts[1]}: share words in actors/messages/`
  }
  return undefined
}

function textRules(file: SourceFile): Complaint[] {
  const complaints: Complaint[] = []
  for (const [i, line] of file.text.split('\n').entries()) {
    const found = MACHINE_PATHS.exec(line) ?? REGISTRY_HOSTS.exec(line)
    if (found) {
      const message = `"${found[0]}" names one machine or one host`
      complaints.push({ path: file.path, line: i + 1, rule: 'machine', message })
    }
  }
  return complaints
}

function linkRules(file: SourceFile, paths: ReadonlySet<string>): Complaint[] {
  const folders = new Set([...paths].flatMap((path) => ancestors(path)))
  const prose = file.text.replace(/^```.*?^```/gms, (block) => block.replace(/[^\n]/g, ' '))
  return [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap((match) => {
    const link = (match[1] as string).split('#')[0] as string
    if (link === '' || /^[a-z]+:/i.test(link)) return []
    const target = posix.normalize(posix.join(posix.dirname(file.path), link)).replace(/\/$/, '')
    if (paths.has(target) || folders.has(target)) return []
    const line = lineOf(prose, match.index ?? 0)
    return [{ path: file.path, line, rule: 'link', message: `${link} does not exist` }]
  })
}

function ancestors(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, i) => parts.slice(0, i + 1).join('/'))
}
