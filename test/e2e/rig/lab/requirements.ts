// What the rig needs of its machine, and what to do where it is missing.

import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import type { Manifest } from '../manifest/manifest-schema.ts'
import { fakeTimeLibrary } from './fake-time.ts'

export interface Missing {
  readonly what: string
  readonly hint: string
}

function runs(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 10_000 }).status === 0
}

/** Empty: the rig runs here. */
export function missingForRig(): Missing[] {
  const missing: Missing[] = []
  const need = (there: boolean, what: string, hint: string) => {
    if (!there) missing.push({ what, hint })
  }
  need(process.platform === 'linux', 'Linux', 'run it on a Linux machine')
  need(process.getuid?.() === 0, 'the rights of root', 'run it as root, for example in a container')
  need(existsSync('/dev/net/tun'), '/dev/net/tun', 'give the container the device, or load tun')
  need(runs('cc', ['--version']), 'a C compiler', 'apt-get install gcc libc6-dev')
  need(runs('ip', ['-V']), 'ip', 'apt-get install iproute2')
  need(runs('nsenter', ['--version']), 'nsenter and unshare', 'apt-get install util-linux')
  if (missing.length > 0) return missing
  const args = ['--mount', '--net', '--pid', '--fork', '--mount-proc', 'true']
  need(runs('unshare', args), 'namespaces', 'give the container the right to make them')
  return missing
}

/** What the perturbations of a manifest need beyond that. */
export function missingForManifest({ nodes }: Manifest): Missing[] {
  const actions = new Set(Object.values(nodes).flatMap(({ perturb }) => perturb.map((p) => p.do)))
  const missing: Missing[] = []
  if (actions.has('fsync-fail') && !runs('strace', ['-V'])) {
    missing.push({ what: 'strace, for fsync-fail', hint: 'apt-get install strace' })
  }
  if (actions.has('clock-skew') && fakeTimeLibrary() === undefined) {
    missing.push({ what: 'faketime, for clock-skew', hint: 'apt-get install faketime' })
  }
  return missing
}
