// What is wrong with a topology file: one issue per fault, each with the place in the file and the
// name that was probably meant.

import { z } from 'zod'
import { nearestName } from '../lib/nearest-name.ts'
import { ROLES, TopologySchema } from './topology-schema.ts'

export interface TopologyIssue {
  /** JSONPath, for example `$.nodes.node0.roles[1]`. */
  readonly path: string
  readonly message: string
  readonly didYouMean: string | undefined
}

export class TopologyError extends Error {
  override readonly name = 'TopologyError'
  readonly hint: string
  readonly issues: readonly TopologyIssue[]
  constructor(issues: readonly TopologyIssue[], hint: string) {
    super(issues.map(issueText).join('; '))
    this.hint = hint
    this.issues = issues
  }
}

export function issueText({ path, message, didYouMean }: TopologyIssue): string {
  return `${path}: ${message}${didYouMean ? `; did you mean "${didYouMean}"?` : ''}`
}

export function jsonPath(path: readonly PropertyKey[]): string {
  const steps = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`))
  return `$${steps.join('')}`
}

/** The schema of the object at `path`, wrappers and records seen through. */
function schemaAt(root: z.ZodType, path: readonly PropertyKey[]): z.ZodType | undefined {
  let at: unknown = root
  for (const step of path) {
    const schema = unwrapped(at)
    if (schema instanceof z.ZodObject) at = schema.shape[String(step)]
    else if (schema instanceof z.ZodRecord) at = schema.valueType
    else if (schema instanceof z.ZodArray) at = schema.element
    else return undefined
  }
  return unwrapped(at)
}

function unwrapped(schema: unknown): z.ZodType | undefined {
  let at = schema
  while (at instanceof z.ZodOptional || at instanceof z.ZodDefault) at = at.unwrap()
  return at instanceof z.ZodType ? at : undefined
}

function knownKeys(root: z.ZodType, path: readonly PropertyKey[]): string[] {
  const schema = schemaAt(root, path)
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((at: unknown, step) => (at as Record<PropertyKey, unknown>)?.[step], value)
}

/** The issues of the schema's check in our words; a mistyped key is not also a missing one. */
export function explainIssues(
  issues: readonly z.core.$ZodIssue[],
  value: unknown,
  schema: z.ZodType = TopologySchema,
): TopologyIssue[] {
  const told = issues.flatMap((issue) => explainIssue(issue, value, schema))
  const meant = new Set(
    told.flatMap(({ path, didYouMean }) =>
      didYouMean ? [`${path.slice(0, path.lastIndexOf('.'))}.${didYouMean}`] : [],
    ),
  )
  return told.filter(({ path, message }) => message !== MISSING || !meant.has(path))
}

const MISSING = 'is missing'

function explainIssue(issue: z.core.$ZodIssue, value: unknown, schema: z.ZodType): TopologyIssue[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: jsonPath([...issue.path, key]),
      message: `unknown key "${key}"`,
      didYouMean: nearestName(key, knownKeys(schema, issue.path)),
    }))
  }
  const found = valueAt(value, issue.path)
  const path = jsonPath(issue.path)
  if (issue.code === 'invalid_value') {
    const known = issue.values.map(String)
    const message = `${JSON.stringify(found)} is not one of ${known.join(', ')}`
    const near = typeof found === 'string' ? nearestName(found, known) : undefined
    return [{ path, message, didYouMean: near }]
  }
  if (issue.code === 'invalid_key') {
    const message = issue.issues[0]?.message ?? issue.message
    return [{ path, message, didYouMean: undefined }]
  }
  const message = found === undefined ? MISSING : issue.message
  const rolesOnly = typeof found === 'string' && issue.path.at(-1) === 'roles'
  if (rolesOnly) {
    const near = nearestName(found, ROLES) ?? ROLES[0]
    return [{ path, message: 'must be a list of roles', didYouMean: `[${near}]` }]
  }
  return [{ path, message, didYouMean: undefined }]
}
