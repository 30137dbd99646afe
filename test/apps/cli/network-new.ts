// Makes a network of fresh keys through the command line, as its operators do: for tests.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Answer {
  readonly status: number
  readonly out: string
  readonly err: string
}

export interface NewNetworkFiles {
  readonly network_file: string
  readonly topology_file: string
  readonly genesis_hash: string
}

/** node0, node1, … with keys in `folder`/NAME, opened by the file `folder`/password. */
export async function networkNew(
  cli: (args: string[]) => Promise<Answer>,
  folder: string,
  name: string,
  validators: number,
): Promise<NewNetworkFiles> {
  const run = async (args: string[]) => {
    const { status, out, err } = await cli(args)
    if (status !== 0) throw new Error(`${args.join(' ')}: ${err}`)
    return out
  }
  const data = join(folder, name)
  const password = ['--password-file', join(folder, 'password'), '--light-kdf']
  const files: string[] = []
  for (let i = 0; i < validators; i++) {
    const place = ['--data', data, '--node', `node${i}`]
    await run(['keys', 'new', ...place, ...password])
    const file = join(folder, `${name}-node${i}.json`)
    writeFileSync(file, await run(['keys', 'show', '--public', ...place]))
    files.push(file)
  }
  const made = ['network', 'new', name, '--validators', ...files, '--out', folder, '--json']
  return JSON.parse(await run(made)) as NewNetworkFiles
}
