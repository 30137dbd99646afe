// The determinism and import rules of biome.json really refuse what they name: every marked line of
// the fixtures draws an error, and an ordinary file next to them draws none.

import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { forbiddenFolders, LAYERS, PURE_LAYERS } from '../../scripts/layers.ts'

const BIOME = join(process.cwd(), 'node_modules/@biomejs/biome/bin/biome')
const ORDINARY = `// An ordinary file of rules.\nexport const double = (x: bigint) => 2n * x\n`

function refusedLines(folder: string, file: string): Set<number> {
  const args = [BIOME, 'lint', '--reporter=github', '--max-diagnostics=none', folder]
  const result = spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8' })
  const lines = new Set<number>()
  for (const row of result.stdout.split('\n')) {
    const match = /::error .*file=([^,]+),line=(\d+)/.exec(row)
    if (match && String(match[1]).endsWith(file)) lines.add(Number(match[2]))
  }
  return lines
}

for (const path of ['protocol', 'actors/some']) {
  test(`every way out of determinism is refused in ${path}`, () => {
    const folder = mkdtempSync(join(tmpdir(), 'aitbc-lint-'))
    try {
      cpSync('biome.json', join(folder, 'biome.json'))
      cpSync('scripts/lint', join(folder, 'scripts/lint'), { recursive: true })
      const source = readFileSync('test/fixtures/lint/every-way-out.ts.txt', 'utf8')
      const target = join(folder, path, 'every-way-out.ts')
      mkdirSync(dirname(target), { recursive: true })
      writeFileSync(target, source)
      writeFileSync(join(folder, path, 'ordinary.ts'), ORDINARY)

      const wanted = source
        .split('\n')
        .flatMap((line, i) => (line.includes('@refused') ? [i + 1] : []))
      assert.ok(wanted.length > 30)
      const refused = refusedLines(folder, 'every-way-out.ts')
      const missed = wanted.filter((line) => !refused.has(line))
      assert.equal(missed, [], `not refused in ${path}: lines ${missed}`)
      assert.equal([...refusedLines(folder, 'ordinary.ts')], [])
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
}

interface Override {
  includes: string[]
  plugins?: string[]
  linter: { rules: { style?: { noRestrictedImports?: Restricted } } }
}
interface Restricted {
  options: { patterns: { group: string[] }[] }
}

test('the import rules of biome.json say what scripts/layers.ts says', () => {
  const { overrides } = JSON.parse(readFileSync('biome.json', 'utf8')) as { overrides: Override[] }
  for (const layer of Object.keys(LAYERS)) {
    if (['test', 'bench', 'scripts'].includes(layer)) continue
    const override = overrides.find((candidate) => candidate.includes.includes(`${layer}/**`))
    const patterns = override?.linter.rules.style?.noRestrictedImports?.options.patterns ?? []
    const groups = patterns.flatMap((pattern) => pattern.group)
    assert.equal(
      groups,
      forbiddenFolders(layer).map((name) => `**/${name}/**`),
      layer,
    )
    assert.is(override?.plugins !== undefined, PURE_LAYERS.includes(layer), layer)
  }
})

test.run()
