// How figures are written, ordered and held against their targets. Nothing here knows the page.
import { f, figuresWord } from '../i18n/figures'
import { span } from '../lib/time'
import type { By, Figure, Names, Row, Table, Targets, Unit } from './api'
import { date, moment } from './periods'

/** shown is a figure as it stands on the screen. */
export function shown(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return f('unknown')
  switch (unit) {
    case 'calls':
      return value.toLocaleString('en-US', { maximumFractionDigits: 0 })
    case 'ratio':
      return `${(value * 100).toFixed(2)}%`
    case 's':
      return value < 60 ? f('seconds', { n: value.toFixed(1) }) : span(value)
    case 'grade':
      return value.toFixed(2)
  }
}

/** exported is the same for a spreadsheet: a ratio in percent, times in seconds, empty where it is not known. */
export function exported(value: number | null | undefined, unit: Unit): string {
  if (value === null || value === undefined) return ''
  return unit === 'calls' ? value.toFixed(0) : (unit === 'ratio' ? value * 100 : value).toFixed(2)
}

/** verdict says whether a figure is what it should be; null where nothing is asked of it. */
export function verdict(name: string, value: number | null | undefined, targets: Targets): 'met' | 'missed' | null {
  const target = targets[name]
  if (!target || value === null || value === undefined) return null
  return value >= target ? 'met' : 'missed'
}

/** rowLabel is what a row is about. */
export function rowLabel(row: Row, by: By, names: Names | null): string {
  if (row.from) return by === 'day' ? date(row.from) : moment(row.from)
  if (row.name === '') return by === 'queue' ? f('row.no_queue') : f('row.no_line')
  const name = by === 'queue' || by === 'agent' ? names?.[by].get(row.name) : ''
  return name ? `${row.name} ${name}` : row.name
}

/** Order is by a figure, or by the rows' names where it has none. */
export interface Order {
  figure: string
  down: boolean
}

/** firstOrder is how a table is ordered before somebody asks: the latest on top. */
export const firstOrder = (by: By): Order => ({ figure: '', down: by === '5min' || by === 'day' })

/** ordered is the rows in an order; what is not known comes last. */
export function ordered(rows: Row[], { figure, down }: Order): Row[] {
  const sign = down ? -1 : 1
  const byName = (a: Row, b: Row) =>
    a.from && b.from ? Date.parse(a.from) - Date.parse(b.from) : a.name.localeCompare(b.name, 'zh', { numeric: true })
  const compare = (a: Row, b: Row) => {
    if (!figure) return sign * byName(a, b)
    const [x, y] = [a.values[figure] ?? null, b.values[figure] ?? null]
    if (x === null || y === null) return Number(x === null) - Number(y === null) || byName(a, b)
    return sign * (x - y) || byName(a, b)
  }
  return [...rows].sort(compare)
}

/** turned is the order after a click on a column's head: the largest on top, then the smallest. */
export function turned(order: Order, figure: string): Order {
  return order.figure === figure ? { figure, down: !order.down } : { figure, down: figure !== '' }
}

/** headOf is a figure's label and definition in the reader's language; the gateway's own in Chinese. */
export const headOf = (figure: Figure, table: Table) => figuresWord(figure, table.settings)

const kinds: [kind: string, names: RegExp][] = [
  ['apart', /^(greeting_abandoned|callback_kept)$/],
  ['reasons', /^lost_/],
  ['times', /^(asa|longest_wait|aht|talk|hold|wrap|occupancy)$/],
  ['quality', /^(repeat_rate|direct_answer_rate|rated|satisfied_rate|rating)$/],
  ['calls', /./],
]
const kindOf = (name: string) => kinds.find(([, names]) => names.test(name))![0]

/** families are the figures' kinds, as they follow each other, with how many there are of each. */
export function families(figures: Figure[]): { kind: string; count: number; first: string }[] {
  const all: { kind: string; count: number; first: string }[] = []
  for (const { name } of figures) {
    const last = all.at(-1)
    if (last?.kind === kindOf(name)) last.count++
    else all.push({ kind: kindOf(name), count: 1, first: name })
  }
  return all
}

/** counted says whether there is anything in the table: a call, or an agent's time. */
export const counted = ({ by, rows, total }: Table) => (by === 'agent' ? rows.length > 0 : (total.calls ?? 0) > 0)
