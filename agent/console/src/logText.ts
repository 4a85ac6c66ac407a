// What happened at this desk, in words.
import type { LogLine } from './desk'
import { named, t, type Key } from './i18n'
import { zh } from './i18n/zh'

export function logText(line: LogLine): string {
  const key = `log.${line.kind}`
  if (!(key in zh)) return t('log.unknown', { kind: line.kind })
  const reason = line.reason ? `·${named('reason', line.reason)}` : ''
  return t(key as Key, {
    state: named('state', line.state) + reason,
    number: line.number || t('call.withheld'),
    by: named('call.ended', line.endedBy),
    name: line.name,
    n: line.count,
    failure: failureText(line.name, line.why, line.count),
  })
}

/** failureText says why nobody was reached, and by how many ways it was tried. */
export function failureText(name: string, why: string, routes: number): string {
  const reason = named('why', why)
  return routes > 1 ? t('transfer.failed.routes', { name, why: reason, n: routes }) : t('transfer.failed', { name, why: reason })
}
