// The first file of every worker thread. Sources need tsx registered before they can be imported;
// compiled code does not. Plain JavaScript, because nothing is registered yet when it runs.

import { workerData } from 'node:worker_threads'

if (workerData.module.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api')
  register()
} else await import('../../lib/mapped-stacks.mjs')
await import(workerData.module)
