// All routes of the API.

import type { ApiRoute } from './api.ts'
import { login } from './routes/auth-login.ts'
import { getNonce, postNonce } from './routes/auth-nonce.ts'
import { health, live } from './routes/health.ts'
import { cancelJob } from './routes/jobs-cancel.ts'
import { createJob } from './routes/jobs-create.ts'
import { jobEvents } from './routes/jobs-events.ts'
import { getJob } from './routes/jobs-get.ts'
import { listJobs } from './routes/jobs-list.ts'
import { jobResult } from './routes/jobs-result.ts'
import { models } from './routes/models.ts'
import { providers } from './routes/providers.ts'
import { quotes } from './routes/quotes.ts'
import { getBundle } from './routes/receipts-bundle.ts'
import { getReceipt } from './routes/receipts-get.ts'
import { verify } from './routes/receipts-verify.ts'
import { status } from './routes/status.ts'

export const ROUTES: readonly ApiRoute[] = [
  getNonce,
  postNonce,
  login,
  quotes,
  createJob,
  listJobs,
  getJob,
  cancelJob,
  jobResult,
  jobEvents,
  verify,
  getReceipt,
  getBundle,
  models,
  providers,
  status,
  ...health,
  ...live,
]
