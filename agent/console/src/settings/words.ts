// What the page says of problems and of people.
import { language } from '../i18n'
import { s, sNamed, type SettingsKey } from '../i18n/settings'
import { settingsZh } from '../i18n/settings-zh'
import type { Fault, Problem } from './api'
import { localTime } from './forms'

/** when is an instant in the hotline's time. */
export const when = (at: string) => localTime(at).replace('T', ' ')

/** problemText is one sentence on what stands in the way. */
export function problemText(problem: Problem): string {
  if (problem.conflict) return s('problem.conflict', { who: problem.conflict.who, at: when(problem.conflict.at) })
  if (problem.in_use) {
    return s('problem.in_use', { waiting: problem.in_use.waiting, by: problem.in_use.by.map(itemText).join(language.value === 'zh' ? '、' : ', ') || s('none') })
  }
  if (problem.faults?.length) return s('problem.faults', { n: problem.faults.length })
  if (problem.status === 403) return s('problem.forbidden')
  if (!problem.status || [502, 503, 504].includes(problem.status)) return s('problem.offline')
  return s('problem.other', { status: problem.status, detail: problem.detail ?? '' })
}

/** faultText says where a fault is and what. */
export function faultText(fault: Fault): string {
  const where = [fault.row ? s('fault.at', { row: fault.row }) : '', itemText(fault.item ?? ''), fieldText(fault)].filter(Boolean)
  const key = `fault.${fault.code}`
  const what = key in settingsZh ? s(key as SettingsKey, { value: fault.value ?? '' }) : `${fault.code} ${fault.value ?? ''}`
  return [...where, what].join(' · ')
}

/** itemText is "line 12333" in the reader's language. */
export function itemText(item: string): string {
  const [kind = '', ...key] = item.split(' ')
  const names: Record<string, SettingsKey> = {
    line: 'section.lines', queue: 'line.queue', skill: 'skill', agent_skill: 'agents.agent', bulletin: 'section.bulletins',
  }
  if (kind === 'policy') return sNamed('policy', key.join(' '))
  const name = names[kind]
  return name ? `${s(name)} ${key.join(' ')}` : item
}

function fieldText(fault: Fault): string {
  const [name = '', ...rest] = (fault.field ?? '').split(' ')
  const group = fault.item?.split(' ')[0] || 'line'
  return [sNamed(group, name), ...rest].join(' ').replace(/（.*?）|\(.*?\)/g, '').trim()
}
