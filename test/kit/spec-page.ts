// A page of docs/spec whose tables and worked example are made from the code: WRITE_DOCS=1 writes
// them, otherwise they are compared.

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as assert from 'uvu/assert'
import { packageRoot } from '../../lib/package-root.ts'
import * as params from '../../protocol/params.ts'

type Rows = readonly (readonly string[])[]

export function markdownTable(head: readonly string[], rows: Rows): string {
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

export function refusalTable(texts: Readonly<Record<string, string>>): string {
  const rows = Object.entries(texts).map(([code, text]) => [`\`${code}\``, text])
  return markdownTable(['code', 'text'], rows)
}

/** Names, each with its value below. */
export function vectorText(rows: readonly (readonly [name: string, value: string])[]): string {
  return rows.map(([name, value]) => `${name}\n  ${value}\n`).join('')
}

export class SpecPage {
  private readonly file: string

  constructor(name: string) {
    this.file = join(packageRoot(), 'docs', 'spec', name)
  }

  read(): string {
    return readFileSync(this.file, 'utf8')
  }

  /** Each behind its mark, by name. */
  checkTables(tables: Readonly<Record<string, string>>): void {
    let made = this.read()
    for (const [name, table] of Object.entries(tables)) {
      const mark = `<!-- ${name} -->\n`
      assert.ok(made.includes(mark), `the page has a place for ${name}`)
      const pattern = new RegExp(`${mark}(\n\\|[^]*?\\|\n(?=\n|$))?`)
      made = made.replace(pattern, () => `${mark}\n${table}\n`)
    }
    this.check(made)
  }

  checkVector(text: string): void {
    const block = `<!-- vector -->\n\`\`\`\n${text}\`\`\`\n`
    const made = this.read().replace(/<!-- vector -->\n```\n[\s\S]*?```\n/, () => block)
    assert.ok(made.includes(block), 'the page has a place for the vector')
    this.check(made)
  }

  /** The parameters in its tables, of which there are so many. */
  checkParameters(count: number): void {
    const rows = [...this.read().matchAll(/^\| `([A-Z_]+)` \| (\d+) \|/gm)]
    assert.is(rows.length, count)
    const table = params as unknown as Readonly<Record<string, number | bigint>>
    for (const [, name, value] of rows) assert.is(String(table[name as string]), value, name)
  }

  private check(made: string): void {
    if (process.env.WRITE_DOCS === '1') writeFileSync(this.file, made)
    else assert.is(this.read(), made)
  }
}
