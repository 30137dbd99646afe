// One fault from beginning to end: say what it will do, remember what holds, do it, end it, wait
// for the cluster to recover, and report what held.

import type { Speaker } from '../base-command.ts'
import { CliError } from '../cli-error.ts'
import { formatMs } from '../screen/duration.ts'
import { table } from '../screen/table.ts'
import type { Checker } from './check/checker.ts'
import type { Invariant } from './check/invariant.ts'
import type { Effect } from './consequence.ts'

export interface Fault {
  /** Such as "node2 is killed". */
  readonly what: string
  readonly effect: Effect
  begin(): Promise<void>
  end?(): Promise<void>
  /** How long it lasts; undefined: until somebody heals it, or it is over at once. */
  readonly forMs?: number | undefined
  /** It is still there when the command ends. */
  readonly stays: boolean
}

export interface FaultContext {
  readonly checker: Checker
  readonly say: Speaker
  /** How long recovery may take. */
  readonly checkMs: number
}

/** A fault that stays is watched for a moment. */
const GLANCE_MS = 2000

export interface FaultReport {
  readonly done: true
  readonly fault: string
  readonly effect: string
  readonly stays: boolean
  readonly invariants: readonly Invariant[]
}

/** Waits, or until Ctrl-C: then the fault is ended early, and not left behind. */
function lasting(ms: number, say: Speaker): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      process.removeListener('SIGINT', interrupted)
      process.removeListener('SIGTERM', interrupted)
      resolve()
    }
    const interrupted = () => {
      say.line('interrupted: the fault ends now')
      done()
    }
    const timer = setTimeout(done, ms)
    process.once('SIGINT', interrupted)
    process.once('SIGTERM', interrupted)
  })
}

export async function runFault(fault: Fault, context: FaultContext): Promise<FaultReport> {
  const { checker, say, checkMs } = context
  say.line(`fault:   ${fault.what}`)
  say.line(`effect:  ${fault.effect.text}`)
  await checker.watch()
  try {
    await fault.begin()
    try {
      const ms = fault.forMs ?? (fault.stays ? GLANCE_MS : 0)
      if (ms > 0) {
        if (fault.forMs !== undefined) say.line(`it lasts ${formatMs(ms)}`)
        await lasting(ms, say)
      }
    } finally {
      if (!fault.stays) await fault.end?.()
    }
    if (fault.stays) {
      say.line('it stays until ./aitbc chaos heal')
      return report(fault, await checker.safety(), say)
    }
    say.line(`waiting for the cluster to recover, at most ${formatMs(checkMs)}`)
    const recovered = await checker.recovery(checker.record.height, checkMs)
    await checker.rest()
    const held = [...(await checker.agreement()), ...(await checker.safety())]
    return report(fault, [...recovered, ...held], say)
  } finally {
    await checker.rest()
  }
}

/** Throws CliError INVARIANT_BROKEN, with the report as its document. */
function report(fault: Fault, invariants: readonly Invariant[], say: Speaker): FaultReport {
  const rows = invariants.map(({ name, ok, detail }) => [ok ? 'ok' : 'BROKEN', name, detail])
  for (const line of table(rows)) say.line(`  ${line}`)
  const document: FaultReport = {
    done: true,
    fault: fault.what,
    effect: fault.effect.text,
    stays: fault.stays,
    invariants,
  }
  const broken = invariants.filter(({ ok }) => !ok)
  if (broken.length === 0) return document
  throw new CliError(
    'INVARIANT_BROKEN',
    `${broken.map(({ name }) => name).join(', ')} did not hold`,
    broken[0]?.detail ?? '',
    'keep the data folder and its logs: they are what explains it',
    document,
  )
}
