import { flushPromises, mount } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import schema from '../../../gateway/push/schema.json'
import FiguresTable from '../src/components/figures/FiguresTable.vue'
import type { Row, Table } from '../src/figures/api'
import { csvOf, fileName } from '../src/figures/csv'
import { exported, firstOrder, headOf, families, ordered, rowLabel, shown, turned, verdict } from '../src/figures/format'
import { chartBy, date, dayStart, faultOf, fromTyped, moment, spanOf, stamp, typed } from '../src/figures/periods'
import { setLanguage } from '../src/i18n'
import { figuresEn } from '../src/i18n/figures-en'
import { termsEn } from '../src/i18n/figures-terms-en'
import { figuresZh } from '../src/i18n/figures-zh'
import { editors, pageRoles, screenOf, seats } from '../src/stores/session'
import type { Role } from '../src/generated/protocol'
import { FakeFigures } from './fake/figures.mjs'

const go = (path: string) => readFileSync(`${import.meta.dirname}/../../../gateway/${path}`, 'utf8')
const noon = Date.parse('2026-11-21T04:00:00Z') // 12:00 in China
const fake = () => new FakeFigures(() => new Date(noon).toISOString())
const table = (by: string, from = '2026-11-20T16:00:00Z', to = '2026-11-21T04:00:00Z') =>
  fake().serve(new URL(`http://x/api/figures?${new URLSearchParams({ by, from, to })}`))[1] as Table
const row = (name: string, values: Row['values'] = {}): Row => ({ name, from: null, values })

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  setLanguage('zh')
})
afterEach(() => vi.useRealTimers())

describe('the words', () => {
  it('are there in both languages and fill the same gaps', () => {
    expect(Object.keys(figuresEn)).toEqual(Object.keys(figuresZh))
    const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of Object.entries(figuresZh)) expect([key, gaps(figuresEn[key as keyof typeof figuresZh])]).toEqual([key, gaps(text)])
  })

  it('name and define in English every figure that the gateway counts', () => {
    const names = [...go('figures/list.go').matchAll(/^\t\t\{"(\w+)", /gm)].map((match) => match[1]!)
    expect(names.length).toBeGreaterThan(25)
    expect(Object.keys(termsEn)).toEqual(names)
    setLanguage('en')
    const within = headOf({ name: 'within_rate', label: '', unit: 'ratio', definition: '' }, table('line'))
    expect(within).toEqual({ label: '15-second rate', definition: 'Answered in 15 s ÷ offered, counted from joining the queue' })
  })

  it('say what the gateway says where nobody has put it in English', () => {
    setLanguage('en')
    const figure = { name: 'new', label: '新', unit: 'calls' as const, definition: '口径' }
    expect(headOf(figure, table('line'))).toMatchObject({ label: '新', definition: '口径' })
  })
})

describe('the roles', () => {
  // "allCalls = []agent.Role{agent.RoleSupervisor, …}" of the table, with the names of package agent
  const constants = new Map([...readFileSync(`${import.meta.dirname}/../../state.go`, 'utf8').matchAll(/(Role\w+)\s+Role = "(\w+)"/g)].map((match) => [match[1]!, match[2]!]))
  const rolesOf = (name: string) => {
    const list = go('web/access.go').match(new RegExp(`\\b${name}\\s+= .*?\\[\\]agent\\.Role\\{(.*?)\\}`))![1]!
    return list.split(', ').map((one) => constants.get(one.replace('agent.', '')))
  }
  const routes = (path: string) => [...go('web/access.go').matchAll(new RegExp(`"${path}": +(\\w+)`, 'g'))].map((match) => match[1])

  it('are those of the gateway', () => {
    expect(schema.$defs.Role.enum).toEqual([...constants.values()])
  })

  it('that see the figures are those whom the gateway lets see them', () => {
    expect(routes('GET /api/figures[^"]*')).toEqual(['reports', 'reports', 'reports'])
    expect(go('web/access.go')).toContain('reports  = access{roles: allCalls}')
    expect(pageRoles.figures).toEqual(rolesOf('allCalls'))
  })

  it('that sit, switch and edit are those whom the gateway lets do so', () => {
    expect(seats).toEqual(rolesOf('seated'))
    expect(pageRoles.settings).toEqual(rolesOf('switched'))
    expect(editors).toEqual(rolesOf('edited'))
    expect(routes('PUT /api/settings/policies/figures')).toEqual(['edited'])
  })

  it('lead to the page that is theirs', () => {
    const who = (...roles: Role[]) => ({ no: '1', name: '', phone: 'browser' as const, roles })
    expect(screenOf(who('agent'), 'figures')).toBe('desk')
    expect(screenOf(who('supervisor'), 'figures')).toBe('figures')
    expect(screenOf(who('supervisor'), null)).toBe('desk')
    expect(screenOf(who('quality'), null)).toBe('figures')
    expect(screenOf(who('quality'), 'settings')).toBe('figures')
    expect(screenOf(who('administrator'), 'figures')).toBe('figures')
  })
})

describe('periods', () => {
  const iso = ({ from, to }: { from: number; to: number }) => [from, to].map((at) => new Date(at).toISOString())
  const custom = { from: 1, to: 2 }

  it('are days of China, also just after and before its midnight', () => {
    expect(iso(spanOf('today', noon, custom))).toEqual(['2026-11-20T16:00:00.000Z', '2026-11-21T04:00:00.000Z'])
    expect(iso(spanOf('yesterday', noon, custom))).toEqual(['2026-11-19T16:00:00.000Z', '2026-11-20T16:00:00.000Z'])
    expect(iso(spanOf('week', noon, custom))).toEqual(['2026-11-14T16:00:00.000Z', '2026-11-21T04:00:00.000Z'])
    const midnight = Date.parse('2026-11-20T16:00:00Z')
    expect([dayStart(midnight - 1), dayStart(midnight), dayStart(midnight + 1)]).toEqual([midnight - 86400_000, midnight, midnight])
    expect(spanOf('custom', noon, custom)).toEqual(custom)
  })

  it('are typed and written in the time of China', () => {
    expect(typed(noon)).toBe('2026-11-21T12:00')
    expect(fromTyped('2026-11-21T12:00')).toBe(noon)
    expect(fromTyped('')).toBeNaN()
    expect([stamp('2026-11-21T16:05:07Z'), moment(noon), date('2026-11-20T16:00:00Z')]).toEqual(['2026-11-22 00:05:07', '2026-11-21 12:00', '2026-11-21'])
  })

  it('are refused before the gateway would', () => {
    const days = (n: number) => ({ from: 0, to: n * 86400_000 })
    expect(faultOf(days(31), 'line')).toBeNull()
    expect(faultOf(days(7), '5min')).toBeNull()
    expect(faultOf(days(32), 'day')).toEqual({ code: 'too_long', days: 31 })
    expect(faultOf(days(8), '5min')).toEqual({ code: 'too_long', days: 7 })
    expect(faultOf(days(0), 'day')?.code).toBe('backwards')
    expect(faultOf({ from: NaN, to: 1 }, 'day')?.code).toBe('missing')
    expect(faultOf(spanOf('week', noon, custom), '5min')).toBeNull()
    expect([chartBy(days(2)), chartBy(days(3))]).toEqual(['5min', 'day'])
  })
})

describe('figures', () => {
  it('are written in their units, and as a dash where nobody knows', () => {
    expect([shown(12345, 'calls'), shown(0.12345, 'ratio'), shown(59.94, 's'), shown(60, 's'), shown(3725, 's'), shown(2, 'grade')])
      .toEqual(['12,345', '12.35%', '59.9 秒', '1:00', '1:02:05', '2.00'])
    expect([shown(null, 'ratio'), shown(undefined, 's')]).toEqual(['—', '—'])
    expect([exported(12345, 'calls'), exported(0.12345, 'ratio'), exported(3725, 's'), exported(null, 'ratio')]).toEqual(['12345', '12.35', '3725.00', ''])
  })

  it('are held against their targets', () => {
    const targets = { answer_rate: 0.95, within_rate: 0 }
    expect([0.95, 0.9499, null].map((value) => verdict('answer_rate', value, targets))).toEqual(['met', 'missed', null])
    expect(verdict('within_rate', 0.1, targets)).toBeNull()
    expect(verdict('lost', 3, targets)).toBeNull()
  })

  it('are ordered, with what is not known last', () => {
    const rows = [row('8010', { asa: 2 }), row('8009', { asa: null }), row('8', { asa: 9 })]
    const names = (figure: string, down: boolean) => ordered(rows, { figure, down }).map(({ name }) => name)
    expect(names('', false)).toEqual(['8', '8009', '8010'])
    expect(names('asa', true)).toEqual(['8', '8010', '8009'])
    expect(names('asa', false)).toEqual(['8010', '8', '8009'])
    expect(ordered(table('5min').rows, firstOrder('5min'))[0]?.from).toBe('2026-11-21T03:55:00.000Z')
    expect(turned(turned(firstOrder('line'), 'asa'), 'asa')).toEqual({ figure: 'asa', down: false })
  })

  it('of rows add up to the total', () => {
    for (const by of ['line', 'queue', '5min', 'day']) {
      const { rows, total } = table(by)
      expect(rows.reduce((sum, { values }) => sum + values.offered!, 0)).toBe(total.offered)
    }
  })

  it('stand beside what their rows are about', () => {
    const names = { line: new Map(), queue: new Map([['general', '综合']]), agent: new Map([['8001', '陈晓兰']]) }
    expect(rowLabel(row('general'), 'queue', names)).toBe('general 综合')
    expect(rowLabel(row('8001'), 'agent', names)).toBe('8001 陈晓兰')
    expect(rowLabel(row('8002'), 'agent', names)).toBe('8002')
    expect(rowLabel(row(''), 'queue', null)).toBe('（未进入队列）')
    expect(rowLabel({ ...row(''), from: '2026-11-20T16:05:00Z' }, '5min', null)).toBe('2026-11-21 00:05')
    expect(families(table('line').figures).map(({ kind, count }) => [kind, count])).toEqual([['calls', 10], ['reasons', 7], ['apart', 2], ['times', 7], ['quality', 5]])
  })
})

describe('the file', () => {
  it('is what is shown, and nothing that a spreadsheet would compute', () => {
    const one = table('line')
    const rows = ordered(one.rows, { figure: 'offered', down: true })
    const lines = csvOf(one, rows, null).split('\r\n')
    expect(lines[0]).toBe('\uFEFF统计时段,2026-11-21 00:00:00,2026-11-21 12:00:00,热线,全部,技能队列,全部')
    expect(lines[1]).toContain('短时放弃,不足 5 秒')
    expect(lines[2]).toMatch(/^热线,来电量,人工请求量,人工接通量,接通率（%）/)
    expect(lines.slice(3, 3 + rows.length).map((line) => line.match(/\d+(?=,\d+,\d+,[\d.]+,)/)?.[0])).toEqual(rows.map(({ values }) => String(values.calls)))
    expect(lines.find((line) => line.includes('HYPERLINK'))).toMatch(/^"'=HYPERLINK\(""http/)
    expect(lines[3 + rows.length]).toMatch(new RegExp(`^合计,${one.total.calls},${one.total.offered},`))
    expect(lines).toContain('放弃率,放弃率的口径，按设置计算')
    expect(fileName(one)).toBe('figures-line-20261121T0000-20261121T1200.csv')
  })
})

it('the table has a sign beside each colour, and every head its definition', async () => {
  const one = table('queue')
  const wrapper = mount(FiguresTable, { props: { table: one, names: null, targets: { answer_rate: 0.01, within_rate: 1 }, order: firstOrder('queue') }, attachTo: document.body })
  await flushPromises()
  const total = (figure: string) => wrapper.find(`[data-testid="figures-total"] [data-figure="${figure}"]`)
  expect([total('answer_rate').text(), total('answer_rate').classes()]).toEqual([expect.stringContaining('✓达标'), expect.arrayContaining(['met'])])
  expect([total('within_rate').text(), total('within_rate').classes()]).toEqual([expect.stringContaining('✗未达标'), expect.arrayContaining(['missed'])])
  for (const { name, definition } of one.figures) {
    const id = wrapper.find(`[data-testid="sort-${name}"]`).attributes('aria-describedby')!
    expect(document.getElementById(id)?.textContent).toContain(definition)
  }
  await wrapper.find('[data-testid="sort-asa"]').trigger('click')
  expect(wrapper.emitted('update:order')).toEqual([[{ figure: 'asa', down: true }]])
  wrapper.unmount()
})
