// The words of the auditor's page, apart from the others so that agents need not load them.
import { fill, language } from '.'

export const auditZh = {
  title: '审计',
  who: '工号',
  action: '动作',
  object: '对象（通话号、工号）',
  number: '查询过的号码',
  from: '起',
  to: '止',
  search: '查询',
  more: '更早的记录',
  none: '没有符合条件的记录',
  loading: '正在查询…',
  sign_out: '退出',
  'column.seq': '序号',
  'column.at': '时间',
  'column.who': '工号',
  'column.action': '动作',
  'column.object': '对象',
  'column.detail': '内容',
  'column.address': '地址',
  'clock.back': '数据库时钟曾被调回',
  'problem.forbidden': '只有审计员可以查询',
  'problem.offline': '暂时连不上，请稍后再试',
  'problem.bad': '查询条件有误：{detail}',
  'problem.other': '查询失败（{status}）',
  chain: '每条记录都与前一条相连，任何改动可由 hotline audit verify 查出；查询本身也记入审计。',
} as const

export type AuditKey = keyof typeof auditZh

export const auditEn: Record<AuditKey, string> = {
  title: 'Audit',
  who: 'Agent number',
  action: 'Action',
  object: 'Object (call, agent)',
  number: 'Number looked for',
  from: 'From',
  to: 'To',
  search: 'Search',
  more: 'Earlier rows',
  none: 'Nothing fits',
  loading: 'Searching…',
  sign_out: 'Sign out',
  'column.seq': 'Row',
  'column.at': 'Time',
  'column.who': 'Who',
  'column.action': 'Action',
  'column.object': 'Object',
  'column.detail': 'Detail',
  'column.address': 'Address',
  'clock.back': 'the database clock had been set back',
  'problem.forbidden': 'Only auditors may search',
  'problem.offline': 'No connection, try again in a moment',
  'problem.bad': 'Wrong search: {detail}',
  'problem.other': 'The search failed ({status})',
  chain: 'Each row is chained to the one before it: hotline audit verify finds any change. Searching is in the audit, too.',
}

const tables = { zh: auditZh, en: auditEn }

/** a is the text of key in the present language, with {name} replaced from values. */
export function a(key: AuditKey, values: Record<string, string | number> = {}): string {
  return fill(tables[language.value][key], values)
}
