// Messages between a provider and the child process that holds one model.

import type { JobRequest } from '../../protocol/job/job-request.ts'
import type { Manifest } from '../models/manifest.ts'
import type { RunResult } from './runner.ts'

export type ToRunner =
  | {
      /** Comes first, once. */
      readonly type: 'load'
      readonly manifest: Manifest
      /** Paths by file name. */
      readonly files: Record<string, string>
    }
  | {
      readonly type: 'run'
      readonly id: number
      readonly request: JobRequest
      readonly unitsMax: number
    }
  | { readonly type: 'cancel'; readonly id: number }

export type FromRunner =
  /** The model is loaded; now it must give its known answers. */
  | { readonly type: 'testing'; readonly loadMs: number }
  | { readonly type: 'ready'; readonly unitsPerSecond: number }
  | { readonly type: 'unusable'; readonly code: string; readonly message: string }
  | { readonly type: 'chunk'; readonly id: number; readonly text: string }
  | { readonly type: 'done'; readonly id: number; readonly result: RunResult }
  | {
      readonly type: 'failed'
      readonly id: number
      readonly code: string
      readonly message: string
    }
