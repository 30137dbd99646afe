// Finds a package's archive through the registry that npm on this machine is set up for.

import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

export interface PackageArchive {
  readonly url: string
  readonly integrity: string | undefined
}

async function registry(): Promise<string> {
  const fromEnvironment = process.env.npm_config_registry
  if (fromEnvironment) return fromEnvironment
  const { stdout } = await promisify(execFile)('npm', ['config', 'get', 'registry'])
  return stdout.trim()
}

/** `spec` is NAME@VERSION. Throws if the registry does not know it. */
export async function packageArchive(spec: string): Promise<PackageArchive> {
  const at = spec.lastIndexOf('@')
  const [name, version] = [spec.slice(0, at), spec.slice(at + 1)]
  const base = (await registry()).replace(/\/$/, '')
  const response = await fetch(`${base}/${name.replace('/', '%2f')}/${version}`)
  if (!response.ok) throw new Error(`the registry answered ${response.status} for ${spec}`)
  const { dist } = (await response.json()) as { dist: { tarball: string; integrity?: string } }
  return { url: dist.tarball, integrity: dist.integrity }
}
