// A table as a file for spreadsheets: the rows that are shown, in the order that they are shown in.
import { f } from '../i18n/figures'
import type { Names, Row, Table } from './api'
import { exported, headOf, rowLabel } from './format'
import { stamp } from './periods'
import { choicesOf } from './choices'

const byteOrderMark = '\uFEFF' // tells Excel that the text is UTF-8

/** csvOf writes what was asked for, the choices, a line for each row, the total, and what each figure means. */
export function csvOf(table: Table, rows: Row[], names: Names | null): string {
  const heads = table.figures.map((figure) => ({ figure, ...headOf(figure, table) }))
  const cells = (label: string, values: Row['values']) => [label, ...heads.map(({ figure: { name, unit } }) => exported(values[name], unit))]
  const all = (name: string) => name || f('all')
  const lines = [
    [f('csv.period'), stamp(table.from), stamp(table.to), f('by.line'), all(table.line), f('by.queue'), all(table.queue)],
    choicesOf(table.settings).flatMap(({ label, value }) => [label, value]),
    [f(`by.${table.by}`), ...heads.map(({ figure, label }) => label + (figure.unit === 'ratio' || figure.unit === 's' ? f(`csv.${figure.unit}`) : ''))],
    ...rows.map((row) => cells(rowLabel(row, table.by, names), row.values)),
    cells(f('total'), table.total),
    [f('csv.figure'), f('csv.definition')],
    ...heads.map(({ label, definition }) => [label, definition]),
  ]
  return byteOrderMark + lines.map((line) => line.map(cell).join(',') + '\r\n').join('')
}

/** fileName tells the grouping and the period. */
export const fileName = ({ by, from, to }: Table) => `figures-${by}-${compact(from)}-${compact(to)}.csv`
const compact = (at: string) => stamp(at).slice(0, 16).replace(/[-:]/g, '').replace(' ', 'T')

/** cell keeps a spreadsheet from taking text for a formula, and quotes what has to be. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r\n|%]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** saveFile hands a text to the person as a file. */
export function saveFile(name: string, text: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }))
  link.download = name
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000) // the browser may still ask where to
}
