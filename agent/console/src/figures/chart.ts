// A picture of a table by time: answered and lost in bars that add up to the offered; below it the N-second rate as a
// line, with its target.
import { BarChart, LineChart } from 'echarts/charts'
import { GridComponent, LegendComponent, MarkLineComponent, TooltipComponent } from 'echarts/components'
import { init, use, type EChartsCoreOption } from 'echarts/core'
import { CanvasRenderer } from 'echarts/renderers'
import { f } from '../i18n/figures'
import type { Row, Table, Targets } from './api'
import { shown } from './format'
import { date, moment } from './periods'

use([BarChart, LineChart, GridComponent, LegendComponent, MarkLineComponent, TooltipComponent, CanvasRenderer])

const ink = '#1c2733'
const soft = '#53606e'
const colours = { answered: '#1f5bb0', lost: '#e0922f', within: '#1a7340' }

/** draw begins a picture in an element; it returns how to renew and how to end it. */
export function draw(element: HTMLElement) {
  const chart = init(element, null, { renderer: 'canvas' })
  const resize = new ResizeObserver(() => chart.resize())
  resize.observe(element)
  return {
    show: (table: Table, targets: Targets) => chart.setOption(optionOf(table, targets), { notMerge: true }),
    end() {
      resize.disconnect()
      chart.dispose()
    },
  }
}

/** optionOf is the picture as ECharts wants it. */
export function optionOf(table: Table, targets: Targets): EChartsCoreOption {
  const label = (row: Row) => (table.by === 'day' ? date(row.from ?? '') : moment(row.from ?? ''))
  const values = (name: string, factor = 1) => table.rows.map(({ values: all }) => (typeof all[name] === 'number' ? all[name] * factor : null))
  const within = f('chart.within', { n: table.settings.answer_within_s })
  const bar = (name: 'answered' | 'lost') => ({
    name: f(`chart.${name}`), type: 'bar', stack: 'offered', data: values(name), color: colours[name], barCategoryGap: '20%', barMaxWidth: 48,
  })
  const text = { color: soft, fontSize: 12 }
  return {
    animation: false,
    textStyle: { fontFamily: 'inherit', color: ink },
    grid: [{ left: 52, right: 16, top: 32, height: '42%' }, { left: 52, right: 16, bottom: 24, height: '27%' }],
    axisPointer: { link: [{ xAxisIndex: 'all' }] },
    legend: { top: 0, right: 8, itemHeight: 10, textStyle: text },
    tooltip: { trigger: 'axis', renderMode: 'richText', formatter: (at: { dataIndex: number }[]) => told(table, at[0]?.dataIndex ?? 0, label) },
    xAxis: [0, 1].map((gridIndex) => ({
      type: 'category', gridIndex, data: table.rows.map(label), axisTick: { show: gridIndex === 1 },
      axisLabel: { ...text, show: gridIndex === 1, formatter: (at: string) => at.slice(table.by === 'day' ? 5 : 11) },
    })),
    yAxis: [
      { type: 'value', gridIndex: 0, minInterval: 1, splitNumber: 3, axisLabel: text },
      { type: 'value', gridIndex: 1, min: 0, max: 100, interval: 50, axisLabel: { ...text, formatter: '{value}%' } },
    ],
    series: [
      bar('answered'),
      bar('lost'),
      {
        name: within, type: 'line', xAxisIndex: 1, yAxisIndex: 1, data: values('within_rate', 100), color: colours.within, lineStyle: { width: 1.5 },
        symbol: 'circle', symbolSize: table.rows.length > 60 ? 2 : 5, showAllSymbol: true, markLine: targetLine(targets.within_rate),
      },
    ],
  }
}

function targetLine(target: number | undefined) {
  if (!target) return undefined
  const label = { formatter: f('chart.target', { value: shown(target, 'ratio') }), position: 'insideStartBottom', color: colours.within }
  return { silent: true, symbol: 'none', data: [{ yAxis: target * 100 }], lineStyle: { type: 'dashed', color: colours.within }, label }
}

function told(table: Table, at: number, label: (row: Row) => string): string {
  const row = table.rows[at]
  if (!row) return ''
  const count = (name: 'offered' | 'answered' | 'lost') => `${f(`chart.${name}`)} ${shown(row.values[name], 'calls')}`
  const rate = `${f('chart.within', { n: table.settings.answer_within_s })} ${shown(row.values.within_rate, 'ratio')}`
  return [label(row), count('offered'), count('answered'), count('lost'), rate].join('\n')
}
