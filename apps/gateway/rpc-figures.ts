// How long JSON-RPC methods took, by name and how they ended. Names that do not exist share one
// row: a client must not be able to make rows.

import { type HistogramView, Log2Histogram } from '../../lib/log2-histogram.ts'

export interface RpcFigure {
  readonly method: string
  readonly result: 'success' | 'failure'
  /** Microseconds. */
  readonly us: HistogramView
}

export class RpcFigures {
  private readonly rows = new Map<string, Log2Histogram>()

  add(method: string | undefined, result: RpcFigure['result'], ms: number): void {
    const id = `${method ?? 'unknown'} ${result}`
    const row = this.rows.get(id) ?? new Log2Histogram()
    this.rows.set(id, row)
    row.add(ms * 1000)
  }

  view(): RpcFigure[] {
    return [...this.rows].map(([id, row]) => {
      const [method = '', result] = id.split(' ')
      return { method, result: result === 'success' ? 'success' : 'failure', us: row.view() }
    })
  }
}
