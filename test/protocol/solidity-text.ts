// A module's Solidity interface against its ABI: the same functions and events in both, with the
// selectors and topics that our own codecs use.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import * as viem from 'viem'
import { packageRoot } from '../../lib/package-root.ts'

/** The declarations of an interface file, as viem reads them. */
function declared(file: string): viem.Abi {
  const path = join(packageRoot(), 'docs', 'spec', file)
  const source = readFileSync(path, 'utf8')
    .replaceAll(/\/\/.*$/gm, '')
    .replaceAll(/\s+/g, ' ')
  const texts = [...source.matchAll(/(function|event) [^;]+/g)].map(([text]) =>
    text
      .replaceAll(/ (external|calldata|memory)\b/g, '')
      .replaceAll('( ', '(')
      .replaceAll(' )', ')'),
  )
  return viem.parseAbi(texts as never) as viem.Abi
}

const sorted = (abi: viem.Abi) => abi.map((item) => JSON.stringify(item)).sort()

export function checkInterface(file: string, text: readonly string[], codecs: object): void {
  const abi = viem.parseAbi(text as never) as viem.Abi
  assert.equal(sorted(declared(file)), sorted(abi))
  const ours = Object.values(codecs).filter((item) => typeof item === 'object' && 'name' in item)
  assert.is(ours.length, text.length)
  for (const item of abi) {
    if (item.type === 'event') {
      const event = ours.find((one) => one.name === item.name && 'topic' in one)
      assert.is(event?.topic, viem.toEventSelector(item))
    } else if (item.type === 'function') {
      const fn = ours.find((one) => one.name === item.name && 'selector' in one)
      assert.is(fn?.selector, viem.toFunctionSelector(item))
      assert.equal(
        fn?.outputs,
        item.outputs.map((output) => output.type),
      )
    }
  }
}
