import { expect, it } from 'vitest'
import { auditEn, auditZh } from '../src/i18n/audit'
import { mayOpen, screenOf } from '../src/stores/session'
import type { Role } from '../src/generated/protocol'

const account = (...roles: Role[]) => ({ no: '9004', name: '审', phone: 'browser' as const, roles })

it('says everything in both languages', () => {
  expect(Object.keys(auditEn).sort()).toEqual(Object.keys(auditZh).sort())
})

it('opens the audit to auditors, who have nothing else, and to nobody besides', () => {
  expect(screenOf(account('auditor'), null)).toBe('audit')
  for (const role of ['agent', 'supervisor', 'quality', 'administrator'] as Role[]) expect(mayOpen(account(role), 'audit')).toBe(false)
})
