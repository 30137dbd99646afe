// Finds the cluster that runs with a data folder, or says that none does.

import { type Endpoints, processAlive, readEndpoints } from '../node/endpoints.ts'
import { CliError } from './cli-error.ts'

/** Throws CliError NOT_RUNNING when nothing runs there, also when it died without saying so. */
export function runningCluster(dataDirectory: string): Endpoints {
  const found = readEndpoints(dataDirectory)
  if (!found) {
    throw new CliError(
      'NOT_RUNNING',
      `no cluster runs with ${dataDirectory}`,
      'there is no endpoints.json in it',
      'start one with npm start, or name its folder with --data',
    )
  }
  if (!found.pids.some(processAlive)) {
    throw new CliError(
      'NOT_RUNNING',
      `the cluster of ${dataDirectory} does not run any more`,
      `process ${found.pids.join(', ')} is gone`,
      'start it again with npm start: it continues the same chain',
    )
  }
  return found
}
