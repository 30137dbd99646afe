// Reads a manifest. Strict: unknown keys and words that belong to another action are errors that
// name what was probably meant.

import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { explainIssues, issueText, jsonPath } from '../../../../config/topology-error.ts'
import { RigError } from '../rig-error.ts'
import { type Action, type Manifest, ManifestSchema, type Perturbation } from './manifest-schema.ts'

const BYTES_MAX = 64 * 1024
const HINT = 'see test/e2e/faults-4.yaml for an example'

const WIRE_WORDS = ['delay', 'jitter', 'loss', 'bandwidth'] as const

/** What an action takes besides `do` and its moment, and what it needs. */
const WORDS: Readonly<Record<Action, { takes: readonly string[]; needs: readonly string[] }>> = {
  kill: { takes: ['for'], needs: [] },
  restart: { takes: ['for'], needs: [] },
  pause: { takes: ['for'], needs: ['for'] },
  partition: { takes: ['for', 'with', 'way'], needs: ['for'] },
  network: { takes: ['for', 'with', 'way', ...WIRE_WORDS], needs: ['for'] },
  'disk-full': { takes: ['for'], needs: ['for'] },
  'fsync-fail': { takes: ['for'], needs: ['for'] },
  'clock-skew': { takes: ['for', 'offset'], needs: ['for', 'offset'] },
}

function wordIssues(perturbation: Perturbation, path: readonly PropertyKey[]): string[] {
  const { takes, needs } = WORDS[perturbation.do]
  const given = Object.keys(perturbation)
  const tell = (word: string | undefined, message: string) =>
    `${jsonPath(word === undefined ? path : [...path, word])}: ${message}`
  const issues = given
    .filter((word) => !['do', 'at', 'height', ...takes].includes(word))
    .map((word) => tell(word, `is not for ${perturbation.do}, which takes ${takes.join(', ')}`))
  for (const word of needs) {
    if (!given.includes(word)) issues.push(tell(word, `is missing: ${perturbation.do} needs it`))
  }
  if ((perturbation.at === undefined) === (perturbation.height === undefined)) {
    issues.push(tell(undefined, 'give at or height: when it happens'))
  }
  if (perturbation.do === 'network' && !WIRE_WORDS.some((word) => given.includes(word))) {
    issues.push(tell(undefined, `network needs one of ${WIRE_WORDS.join(', ')}`))
  }
  return issues
}

function nodeIssues({ nodes, links, validators }: Manifest): string[] {
  const there = (name: string) => Number(name.slice('node'.length)) < validators
  const issues: string[] = []
  const check = (name: string, path: readonly PropertyKey[]) => {
    if (there(name)) return
    const last = `node${validators - 1}`
    issues.push(`${jsonPath(path)}: ${validators} validators are node0 to ${last}, not ${name}`)
  }
  for (const [name, { perturb }] of Object.entries(nodes)) {
    check(name, ['nodes', name])
    for (const [i, one] of perturb.entries()) {
      const path = ['nodes', name, 'perturb', i]
      issues.push(...wordIssues(one, path))
      for (const other of one.with ?? []) check(other, [...path, 'with'])
    }
  }
  for (const [i, { from, to }] of links.entries()) {
    for (const name of [...from, ...to]) check(name, ['links', i])
  }
  const late = Object.values(nodes).filter(({ starts }) => starts !== undefined).length
  const faulty = Math.floor((validators - 1) / 3)
  if (late > faulty) {
    issues.push(`$.nodes: at most ${faulty} of ${validators} can start later: no block without`)
  }
  return issues
}

/** Throws RigError with everything that is wrong. */
export function parseManifest(text: string, file: string): Manifest {
  const fail = (issues: readonly string[]) =>
    new RigError(`${file} is no manifest`, issues.slice(0, 8).join('\n       '), HINT)
  if (text.length > BYTES_MAX) throw fail([`it has more than ${BYTES_MAX} bytes`])
  let value: unknown
  try {
    value = parse(text, { maxAliasCount: 16 })
  } catch (error) {
    throw fail([`not YAML: ${(error as Error).message.split('\n')[0]}`])
  }
  const result = ManifestSchema.safeParse(value)
  if (!result.success) {
    throw fail(explainIssues(result.error.issues, value, ManifestSchema).map(issueText))
  }
  const issues = nodeIssues(result.data)
  if (issues.length > 0) throw fail(issues)
  return result.data
}

export function readManifest(file: string): Manifest {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    throw new RigError(`cannot read ${file}`, 'it is not there, or not readable', HINT)
  }
  return parseManifest(text, file)
}
