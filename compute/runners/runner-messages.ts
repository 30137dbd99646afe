// Messages between a provider and the child process that holds one model.

import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { RunResult } from './runner.ts'

export type ToRunner =
  | {
      readonly type: 'run'
      readonly id: number
      readonly request: JobRequest
      readonly unitsMax: number
    }
  | { readonly type: 'cancel'; readonly id: number }

export type FromRunner =
  | { readonly type: 'ready'; readonly unitsPerSecond: number; readonly loadMs: number }
  | { readonly type: 'unusable'; readonly message: string }
  | { readonly type: 'chunk'; readonly id: number; readonly text: string }
  | { readonly type: 'done'; readonly id: number; readonly result: RunResult }
  | {
      readonly type: 'failed'
      readonly id: number
      readonly code: string
      readonly message: string
    }
