// The first file of every pool thread: makes TypeScript sources importable when the program runs
// from sources, and hands piscina the one function that `workerData.module` exports as `work`.

import { workerData } from 'node:worker_threads'

if (workerData.module.endsWith('.ts')) {
  const { register } = await import('tsx/esm/api')
  register()
}
const { work } = await import(workerData.module)
export default work
