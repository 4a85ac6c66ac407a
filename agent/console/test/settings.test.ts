import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { readFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import AgentsSection from '../src/components/settings/AgentsSection.vue'
import LinesSection from '../src/components/settings/LinesSection.vue'
import { setLanguage } from '../src/i18n'
import { settingsEn } from '../src/i18n/settings-en'
import { settingsZh } from '../src/i18n/settings-zh'
import { ApiError } from '../src/api'
import type { Role } from '../src/generated/protocol'
import { problemOf, type Line, type Stored } from '../src/settings/api'
import { copyOf, instant, localTime, matching, matrix, newLine, rowsFor, sameSkills, withLevel, words } from '../src/settings/forms'
import { allowed, policyFields, withAllowed, withDay } from '../src/settings/policies'
import { faultText, problemText } from '../src/settings/words'
import { mayOpen, screenOf, useSession } from '../src/stores/session'
import { FakeSettings } from './fake/settings.mjs'

const line = (dnis: string, more: Partial<Line> = {}): Stored<Line> => ({
  version: 1, changed_by: '', changed_at: '', setting: { ...newLine(), dnis, ...more },
})

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  setLanguage('zh')
})

describe('the words', () => {
  it('are there in both languages and fill the same gaps', () => {
    expect(Object.keys(settingsEn)).toEqual(Object.keys(settingsZh))
    const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1]).sort()
    for (const [key, text] of Object.entries(settingsZh)) {
      expect([key, gaps(settingsEn[key as keyof typeof settingsZh])]).toEqual([key, gaps(text)])
    }
  })

  it('cover every fault the gateway finds', () => {
    const source = readFileSync(`${import.meta.dirname}/../../../gateway/directory/fault.go`, 'utf8')
    const codes = [...source.matchAll(/Code = "(\w+)"/g)].map((match) => match[1])
    expect(codes.length).toBeGreaterThan(20)
    for (const code of codes) expect(settingsZh).toHaveProperty([`fault.${code}`])
  })

  it('say who was faster, in the time of the hotline', () => {
    const conflict = { who: '9003', at: '2026-11-21T16:05:00Z' }
    expect(problemText({ status: 409, conflict })).toContain('9003 已于 2026-11-22 00:05 修改')
    expect(problemText({ status: 409, in_use: { by: ['line 12333'], waiting: 3 } })).toBe('不能删除：3 人正在排队；被引用：线路 12333')
    expect(problemText({ status: 503 })).toContain('连接不上')
    expect(problemText({})).toContain('连接不上')
    setLanguage('en')
    expect(problemText({ status: 500, detail: 'boom' })).toBe('Not done (500): boom')
  })

  it('say where a fault is', () => {
    expect(faultText({ row: 3, field: 'mode', code: 'not_one_of', value: 'blue' })).toBe('第 3 行 · 归并方式 · “blue”不在可选值中')
    expect(faultText({ item: 'queue general', field: 'wrap_up_s', code: 'out_of_range', value: '-1' })).toBe('队列 general · 话后整理 · -1 超出范围')
    expect(faultText({ code: 'new_code', value: 'x' })).toBe('new_code x')
  })

  it('keep what the gateway answered', () => {
    expect(problemOf(new ApiError(409, 'no', null, { conflict: { who: 'a', at: 'b' } }))).toMatchObject({ status: 409, conflict: { who: 'a' } })
    expect(problemOf(new Error('x')).status).toBe(0)
  })
})

describe('the forms', () => {
  it('find lines by every word', () => {
    const lines = [line('12333', { name: '人社', mode: 'dual' }), line('12358', { name: '价格', mode: 'merged', unit: '市场局' })]
    const found = (search: string) => matching(lines, search, (mode) => (mode === 'dual' ? '双号' : '并入')).map((one) => one.setting.dnis)
    expect(found('')).toHaveLength(2)
    expect(found('123 价格')).toEqual(['12358'])
    expect(found('双号')).toEqual(['12333'])
    expect(found('市场 人社')).toEqual([])
  })

  it('take lists however they are typed', () => {
    expect(words(' a,b，c、d\n e ')).toEqual(['a', 'b', 'c', 'd', 'e'])
    expect(words('')).toEqual([])
  })

  it('show and read times of the hotline on any computer', () => {
    expect(localTime('2026-11-21T16:05:00Z')).toBe('2026-11-22T00:05')
    expect(instant('2026-11-22T00:05')).toBe('2026-11-21T16:05:00.000Z')
    expect([localTime(undefined), instant('')]).toEqual(['', undefined])
  })

  it('keep the skills of those without an account', () => {
    const stored = [{ version: 7, changed_by: '', changed_at: '', setting: { agent: '8009', group: '一组', skills: { legal: 3 } } }]
    expect(matrix([{ no: '8001', name: '甲' }], stored)).toEqual([
      { no: '8001', name: '甲', version: 0, group: '', skills: {} }, { no: '8009', name: '', version: 7, group: '一组', skills: { legal: 3 } },
    ])
    expect(withLevel({ a: 1, b: 2 }, 'a', 0)).toEqual({ b: 2 })
    expect(sameSkills(withLevel({ a: 1 }, 'a', 2), { a: 1 })).toBe(false)
    expect(sameSkills({ a: 1 }, { a: 1 })).toBe(true)
  })

  it('show as many agents as a screen bears', () => {
    const rows = matrix(Array.from({ length: 850 }, (_, i) => ({ no: String(8000 + i), name: i === 7 ? '陈晓兰' : '' })), [])
    expect(rowsFor(rows, '')).toHaveLength(100)
    expect(rowsFor(rows, ' 晓兰 ').map((row) => row.no)).toEqual(['8007'])
  })

  it('have words for every field of every policy', () => {
    for (const [name, fields] of Object.entries(policyFields)) {
      for (const field of fields) {
        expect(settingsZh).toHaveProperty([`policy.${name}.${field.name}`])
        for (const one of field.options ?? []) expect(settingsZh).toHaveProperty([`policy.${field.name}.${one}`])
      }
    }
    const plan = withAllowed([{ role: 'supervisor', allow: ['1X.'] }], 'agent', ' 95519，0ZXX! ')
    expect(plan).toEqual([{ role: 'agent', allow: ['95519', '0ZXX!'] }, { role: 'expert', allow: [] }, { role: 'supervisor', allow: ['1X.'] }])
    expect(allowed(plan, 'agent')).toBe('95519 0ZXX!')
    expect(withDay([1, 3, 7], 2, true)).toEqual([1, 2, 3, 7])
    expect(withDay([1, 3, 7], 3, false)).toEqual([1, 7])
  })

  it('edit a copy', () => {
    const one = newLine()
    copyOf(one).transition.prompt = 'x'
    expect(one.transition.prompt).toBe('')
  })
})

it('the settings are for those with the role', () => {
  const who = (...roles: Role[]) => ({ no: '1', name: '', phone: 'browser' as const, roles })
  expect(screenOf(who('agent'), 'settings')).toBe('desk')
  expect(screenOf(who('agent', 'administrator'), null)).toBe('desk')
  expect(screenOf(who('agent', 'administrator'), 'settings')).toBe('settings')
  expect(screenOf(who('administrator'), null)).toBe('settings')
  expect(screenOf(who('supervisor'), 'settings')).toBe('settings')
  expect(mayOpen(null, 'settings')).toBe(false)
})

describe('the sections', () => {
  let wrapper: VueWrapper
  let fake: FakeSettings
  const see = (id: string) => wrapper.find(`[data-testid="${id}"]`)

  beforeEach(() => {
    fake = new FakeSettings(() => '2026-11-21T08:00:00Z')
    vi.stubGlobal('fetch', async (path: string, { method, body }: RequestInit) => {
      const [status, answer] = fake.serve(method!, new URL(path, 'http://x'), String(body ?? ''))
      return new Response(status === 204 ? null : JSON.stringify(answer), { status })
    })
  })
  afterEach(() => {
    wrapper.unmount()
    vi.unstubAllGlobals()
  })

  it('edit a line, and tell who was faster', async () => {
    wrapper = mount(LinesSection, { props: { canEdit: true }, attachTo: document.body })
    await flushPromises()
    expect(wrapper.findAll('[data-testid="line-row"]')).toHaveLength(3)
    await see('edit-12333').trigger('click')
    fake.put('lines', '12333', { ...fake.rows.lines.get('12333')!.setting as object, name: '别人改的' }, '9003')
    await see('line-name').setValue('我改的')
    await see('form').trigger('submit')
    await flushPromises()
    expect(see('problem').attributes('data-kind')).toBe('conflict')
    expect(see('problem').text()).toContain('9003')
    expect((see('line-name').element as HTMLInputElement).value).toBe('我改的')
    await see('reload').trigger('click')
    await flushPromises()
    expect(wrapper.text()).toContain('别人改的')
    await see('edit-12333').trigger('click')
    await see('line-name').setValue('我改的')
    await see('form').trigger('submit')
    await flushPromises()
    expect(see('form').exists()).toBe(false)
    expect(wrapper.text()).toContain('我改的')
  })

  it('offer nothing to change to those who may not', async () => {
    wrapper = mount(LinesSection, { props: { canEdit: false } })
    await flushPromises()
    expect([see('edit-12333'), see('line-new'), see('lines-file')].map((one) => one.exists())).toEqual([false, false, false])
    expect(see('lines-export').exists()).toBe(true)
  })

  it('keep one agent at a time and leave what others were given', async () => {
    wrapper = mount(AgentsSection, { props: { canEdit: true } })
    await flushPromises()
    await see('level-8001-social').setValue('4')
    await see('level-8002-legal').setValue('2')
    await see('save-8001').trigger('click')
    await flushPromises()
    expect(fake.rows.agents.get('8001')!.setting).toEqual({ agent: '8001', group: '', skills: { legal: 6, social: 4 } })
    expect(see('save-8001').exists()).toBe(false)
    expect((see('level-8002-legal').element as HTMLSelectElement).value).toBe('2')
    await see('group-8002').setValue('二组 ')
    await see('save-8002').trigger('click')
    await flushPromises()
    expect(fake.rows.agents.get('8002')!.setting).toEqual({ agent: '8002', group: '二组', skills: { legal: 2 } })
  })

  it('send whoever is signed out to sign in again', async () => {
    vi.stubGlobal('fetch', async () => new Response('{}', { status: 401 }))
    wrapper = mount(LinesSection, { props: { canEdit: true } })
    await flushPromises()
    expect(useSession().screen).toBe('login')
  })
})
