// docs/ERRORS.md out of the code tables: one table for each edge.

import { CLI_ERRORS } from '../apps/cli/cli-error.ts'

const HEAD = `# Errors

Every code that a user can meet, from the tables in the code. Made by \`npm run docs\`; do not edit.
`

function section(title: string, note: string, head: string[], rows: (string | number)[][]): string {
  const line = (cells: (string | number)[]) => `| ${cells.join(' | ')} |\n`
  const body = rows.map(line).join('')
  return `\n## ${title}\n\n${note}\n\n${line(head)}${line(head.map(() => '---'))}${body}`
}

export function errorsPage(): string {
  const cli = Object.entries(CLI_ERRORS).map(([code, kind]) => [
    `\`${code}\``,
    kind.exit,
    kind.meaning,
  ])
  return [
    HEAD,
    section(
      'Command line',
      'Three lines on stderr: what, why, what to do. With `--json` also `{"error":{…}}` on stdout.',
      ['code', 'exit status', 'meaning'],
      cli,
    ),
  ].join('')
}
