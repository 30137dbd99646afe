// The spans of a trace from the admin servers of every process of a cluster. A process that does
// not answer is named: its part of the picture is missing, and the picture says so.

import type { TraceDocument } from '../../inspector/snapshot.ts'
import type { ProcessEndpoint } from '../../inspector/state/model.ts'
import { CliError } from '../cli-error.ts'

/** A span as `aitbc trace --json` prints it; times are Unix milliseconds. */
export interface TraceSpan {
  readonly name: string
  readonly actor: string
  readonly node: string
  readonly start_ms: number
  readonly ms: number
  /** The id of the span that caused it; null when that is not among these. */
  readonly parent: string | null
  readonly span: string
}

export interface CollectedTrace {
  readonly trace: string
  readonly spans: readonly TraceSpan[]
  /** Nodes or hosts that did not answer. */
  readonly silent: readonly string[]
}

const ANSWER_MS = 5000

type Answer =
  | { readonly ok: true; readonly document: TraceDocument }
  | { readonly ok: false; readonly status: number; readonly detail: string }

async function ask(admin: string, query: string): Promise<Answer> {
  try {
    const response = await fetch(`${admin}/inspector/trace?${query}`, {
      signal: AbortSignal.timeout(ANSWER_MS),
    })
    const value = (await response.json()) as TraceDocument & { detail?: string }
    if (response.ok) return { ok: true, document: value }
    return { ok: false, status: response.status, detail: value.detail ?? '' }
  } catch (error) {
    return { ok: false, status: 0, detail: (error as Error).message }
  }
}

function spansOf(documents: readonly TraceDocument[]): TraceSpan[] {
  const spans = new Map<string, TraceSpan>()
  for (const one of documents.flatMap((document) => document.spans)) {
    spans.set(one.span, {
      name: one.name,
      actor: one.actor,
      node: one.host.split('/')[0] as string,
      start_ms: one.startMs,
      ms: one.ms,
      parent: one.parent ?? null,
      span: one.span,
    })
  }
  return [...spans.values()]
    .map((span) => ({ ...span, parent: spans.has(span.parent ?? '') ? span.parent : null }))
    .sort((a, b) => a.start_ms - b.start_ms)
}

/** The trace that one of them knows the job by. Throws CliError. */
async function traceOfJob(processes: readonly ProcessEndpoint[], job: string): Promise<string> {
  const answers = await Promise.all(processes.map(({ url }) => ask(url, `job=${job}`)))
  for (const answer of answers) if (answer.ok) return answer.document.trace
  const refused = answers.find((answer) => !answer.ok && answer.status === 404)
  const first = refused ?? answers[0]
  const why = first && !first.ok ? first.detail : 'no node has an admin server'
  if (refused) {
    throw new CliError('UNKNOWN', `no trace of job ${job}`, why, 'check the id with ./aitbc status')
  }
  const hint = 'check with ./aitbc status; the scheduler must be up to find a job'
  throw new CliError('UNREACHABLE', `the trace of job ${job} cannot be found`, why, hint)
}

/** `id` is a job's, or a trace's own. Throws CliError UNKNOWN or UNREACHABLE. */
export async function collectSpans(
  processes: readonly ProcessEndpoint[],
  id: string,
): Promise<CollectedTrace> {
  const trace = id.startsWith('0x') ? await traceOfJob(processes, id) : id
  const answers = await Promise.all(processes.map(({ url }) => ask(url, `trace=${trace}`)))
  const documents = answers.flatMap((answer) => (answer.ok ? [answer.document] : []))
  const silent = processes.flatMap(({ nodes }, i) => (answers[i]?.ok ? [] : nodes))
  const hosts = documents.flatMap((document) => document.silent)
  if (documents.length === 0) {
    const hint = 'check with ./aitbc status'
    throw new CliError('UNREACHABLE', 'no node answered', 'no admin server could be asked', hint)
  }
  return { trace, spans: spansOf(documents), silent: [...silent, ...hosts] }
}
