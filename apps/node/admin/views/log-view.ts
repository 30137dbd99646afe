// The last lines of this process's log, newest first when sorted by nothing else.

import type { LogEntry, LogView } from '../../../inspector/snapshot.ts'
import type { AdminOptions } from '../admin-options.ts'
import type { SnapshotQuery } from '../snapshot-query.ts'
import { chooseRows, type ViewTable } from '../view-table.ts'

const TABLE: ViewTable<LogEntry> = {
  id: (row) => `${row.at} ${row.host} ${row.event}`,
  columns: {
    at: (row) => row.at,
    level: (row) => row.level,
    host: (row) => row.host,
    node: (row) => row.host.split('/')[0],
    actor: (row) => row.actor,
    event: (row) => row.event,
    fields: (row) => row.fields,
  },
}

export function readLog({ log }: AdminOptions, query: SnapshotQuery): LogView {
  return { entries: chooseRows(log.entries().toReversed(), TABLE, query) }
}
