import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Component } from 'vue'
import CallerColumn from '../src/components/CallerColumn.vue'
import HelperColumn from '../src/components/HelperColumn.vue'
import RequestForm from '../src/components/RequestForm.vue'
import RingingStrip from '../src/components/RingingStrip.vue'
import { emptyDesk } from '../src/desk'
import type { DeskCall, Role } from '../src/generated/protocol'
import { setLanguage } from '../src/i18n'
import { useDesk } from '../src/stores/desk'
import { useScope } from '../src/stores/scope'
import { useSession } from '../src/stores/session'
import { agent, at, noon, ringing, talking } from './desks'

let wrappers: VueWrapper[] = []
const see = (id: string) => wrappers.map((one) => one.find(`[data-testid="${id}"]`)).find((one) => one.exists()) ?? wrappers[0]!.find(`[data-testid="${id}"]`)

function show(call: DeskCall, ...components: Component[]) {
  const desk = useDesk()
  desk.state = { ...emptyDesk, desk: { agent, call, today: { answered: 0, talk_seconds: 0 }, help: false, supervising: null }, asterisk: true }
  desk.linkState = 'up'
  desk.now = noon
  wrappers = components.map((component) => mount(component, { props: { call }, attachTo: document.body }))
  return desk
}

function signedIn(...roles: Role[]) {
  useSession().account = { no: '8001', name: '', phone: 'browser', roles }
}

const request = {
  order_no: 'A-1', title: '噪音', kind: '', unit: '公安局', state: 'final', answer: '夜间噪声未超标', basis: '无新证据', made_at: at(-9e5), changed_at: at(-8e5),
} as const
const caller: DeskCall['caller'] = {
  place: '江苏省常州市', tags: ['elderly'], counts: { hours_24: 2, hours_48: 3, days_7: 5, days_30: 1000 }, requests: [request], repeat: 'groundless',
}

beforeEach(() => {
  localStorage.clear()
  setActivePinia(createPinia())
  setLanguage('zh')
  signedIn('agent')
})
afterEach(() => {
  vi.restoreAllMocks()
  wrappers.forEach((one) => one.unmount())
})

describe('who calls', () => {
  it('is shown while it rings, with place, tags and badge', () => {
    show({ ...ringing, caller }, RingingStrip)
    expect(wrappers[0]!.text()).toMatch(/江苏省常州市.*老年.*无理重复诉求/s)
    expect(see('tags-edit').exists()).toBe(false)
  })

  it('is shown with counts and what he was told', () => {
    show({ ...talking, caller }, CallerColumn)
    expect(see('counts').text()).toMatch(/2 次.*3 次.*5 次.*≥1000 次/s)
    expect(see('request').text()).toMatch(/噪音.*已终结.*原答复：夜间噪声未超标.*终结依据：无新证据/s)
  })

  it('shows no counts before they are known, and nothing of who withholds his number', () => {
    show({ ...talking, caller, history_state: 'loading' }, CallerColumn)
    expect(see('counts').exists()).toBe(false)
    wrappers[0]!.unmount()
    show({ ...talking, number: '', number_kind: 'withheld', caller: { ...caller, place: '', tags: [], repeat: '', requests: [] } }, CallerColumn)
    expect([see('counts'), see('tags'), see('caller-place')].map((one) => one.exists())).toEqual([false, false, false])
  })

  it('is tagged by a click; nuisance is for supervisors', async () => {
    const desk = show({ ...talking, caller }, CallerColumn)
    const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
    await see('tags-edit').trigger('click')
    expect(see('tag-nuisance').attributes('disabled')).toBeDefined()
    await see('tag-disabled').trigger('click')
    await see('tag-elderly').trigger('click')
    expect(send.mock.calls).toEqual([['caller.tag', { tag: 'disabled', on: true }, 'call-1'], ['caller.tag', { tag: 'elderly', on: false }, 'call-1']])
    signedIn('supervisor')
    await flushPromises()
    expect(see('tag-nuisance').attributes('disabled')).toBeUndefined()
  })
})

describe('what is not accepted', () => {
  const items = [
    { code: '01', title: '诉讼', script: '请向法院提出', channel: '12368' },
    { code: '02', title: '仲裁', script: '请向仲裁委提出', channel: '12333' },
  ]
  async function listed(call: DeskCall) {
    const scope = useScope()
    vi.spyOn(scope, 'load').mockResolvedValue()
    scope.items = items
    const desk = show(call, RequestForm, HelperColumn)
    await see('helper-scope').trigger('click')
    return desk
  }

  it('is found and told with one click, which fills the form once', async () => {
    await listed(talking)
    await see('scope-search').setValue('仲裁 12333')
    expect(wrappers[1]!.findAll('[data-testid="scope-item"]').map((one) => one.attributes('data-code'))).toEqual(['02'])
    await see('scope-tell-02').trigger('click')
    await see('scope-tell-02').trigger('click')
    expect(see('disposition-legal_channel').attributes('data-on')).toBe('true')
    expect(see('scope-told').text()).toBe('不予受理事项：02 仲裁')
    expect((see('note').element as HTMLTextAreaElement).value).toBe('【告知法定途径】仲裁：12333')
    await see('disposition-help').find('input').trigger('change')
    expect(see('scope-told').exists()).toBe(false)
  })

  it('cannot be told before there is a caller to tell', async () => {
    await listed(ringing)
    expect(see('scope-tell-01').attributes('disabled')).toBeDefined()
  })
})
