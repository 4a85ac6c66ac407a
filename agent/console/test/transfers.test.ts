import { flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { createPinia, setActivePinia } from 'pinia'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { defineComponent, h, type Component } from 'vue'
import { api, type Target } from '../src/api'
import CallBar from '../src/components/CallBar.vue'
import EmergencyRow from '../src/components/EmergencyRow.vue'
import PartiesStrip from '../src/components/PartiesStrip.vue'
import TargetPanel from '../src/components/TargetPanel.vue'
import { emptyDesk } from '../src/desk'
import type { DeskCall, DeskParty } from '../src/generated/protocol'
import { setLanguage } from '../src/i18n'
import { CommandError } from '../src/outbox'
import { useDesk } from '../src/stores/desk'
import { useTransfers } from '../src/stores/transfers'
import { useShortcuts } from '../src/useShortcuts'
import { agent, at, noon, talking } from './desks'

const police: DeskParty = { n: 1, kind: 'emergency', key: '110', title: '公安报警', how: 'one_key', state: 'ringing', since: at(-3), route: 1, routes: 2 }
const tax: DeskParty = { ...police, n: 2, kind: 'sub_centre', key: '12366', title: '12366纳税服务热线', how: 'consult', state: 'in', routes: 1 }

let wrapper: VueWrapper | undefined
const see = (id: string) => wrapper!.find(`[data-testid="${id}"]`)
const can = (id: string) => see(id).attributes('disabled') === undefined

function put(call: DeskCall | null, help = false) {
  const desk = useDesk()
  desk.state = { ...desk.state, desk: { agent: { ...agent, state: 'talking' }, call, today: { answered: 1, talk_seconds: 1 }, help, supervising: null } }
  return desk
}

function show(component: Component, call: DeskCall | null, props: object = { call }) {
  useDesk().state = { ...emptyDesk, asterisk: true }
  const desk = put(call)
  desk.linkState = 'up'
  desk.now = noon
  wrapper = mount(component, { props, attachTo: document.body })
  return desk
}

/** later is an answer that a test gives when it wants to. */
function later<T>() {
  let give!: (value: T) => void
  const promise = new Promise<T>((resolve) => (give = resolve))
  return { promise, give }
}

beforeEach(() => {
  setActivePinia(createPinia())
  setLanguage('zh')
})
afterEach(() => {
  vi.restoreAllMocks()
  wrapper?.unmount()
})

describe('an emergency button', () => {
  it('dials at once, and not again before the answer', async () => {
    const desk = show(EmergencyRow, talking)
    const answer = later<boolean>()
    const send = vi.spyOn(desk, 'send').mockReturnValue(answer.promise)
    await see('emergency-110').trigger('click')
    await see('emergency-110').trigger('click')
    expect(send.mock.calls).toEqual([['call.one_key', { service: '110', reason: '' }, 'call-1']])
    expect(can('emergency-110')).toBe(false)
    expect(see('emergency-110').text()).toContain('呼叫中')
    expect(can('emergency-120')).toBe(true)
    answer.give(false)
    await flushPromises()
    expect(can('emergency-110')).toBe(true)
  })

  it('takes back while it rings, but not by the second click of a double click or a key held down', async () => {
    const desk = show(EmergencyRow, { ...talking, parties: [police] })
    const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
    expect(see('emergency-110').text()).toMatch(/撤销 110.*振铃 第1路\/共2路/s)
    await see('emergency-110').trigger('click', { detail: 2 })
    const held = new KeyboardEvent('keydown', { key: 'Enter', repeat: true, cancelable: true })
    see('emergency-110').element.dispatchEvent(held)
    expect(held.defaultPrevented).toBe(true)
    expect(send).not.toHaveBeenCalled()
    await see('emergency-110').trigger('click', { detail: 1 })
    expect(send.mock.calls).toEqual([['call.drop', { n: 1 }, 'call-1']])
  })

  it('says that the service is in', () => {
    show(EmergencyRow, { ...talking, phase: 'three_way', parties: [{ ...police, state: 'in' }] })
    expect(see('emergency-110').text()).toContain('110 已接听')
    expect(can('emergency-110')).toBe(false)
  })

  it.each([
    ['without a call', null, false],
    ['while it rings', { ...talking, phase: 'ringing' }, false],
    ['on hold', { ...talking, phase: 'held' }, true],
    ['consulting', { ...talking, phase: 'consulting' }, true],
    ['while the sound comes back', { ...talking, phase: 'reconnecting' }, true],
    ['in wrap-up', { ...talking, phase: 'wrap_up' }, false],
  ] as [string, DeskCall | null, boolean][])('%s', (_, call, enabled) => {
    show(EmergencyRow, call)
    expect(['110', '119', '120', '122'].map((no) => can(`emergency-${no}`))).toEqual(Array(4).fill(enabled))
  })

  it('has a shortcut, which an input method may use for itself', () => {
    const pressed = vi.fn()
    wrapper = mount(defineComponent({ setup: () => (useShortcuts({ 1: pressed }), () => h('p')) }))
    const press = (more: object) => window.dispatchEvent(new KeyboardEvent('keydown', { code: 'Digit1', ctrlKey: true, altKey: true, ...more }))
    press({ isComposing: true })
    press({ repeat: true })
    press({ altKey: false })
    expect(pressed).not.toHaveBeenCalled()
    press({})
    expect(pressed).toHaveBeenCalledOnce()
  })
})

describe('a guest', () => {
  const guest: DeskCall = { ...talking, owner: '8002', asked: '公积金提取', parties: [{ ...police, n: 0, kind: 'agent', key: '8002', title: '李建国', state: 'in' }] }

  it('sees who asked him, and no buttons to bring others', () => {
    show(EmergencyRow, guest)
    expect(see('guest').text()).toBe('8002 李建国 请您协助：公积金提取')
    expect(see('emergency-110').exists()).toBe(false)
    wrapper!.unmount()
    show(CallBar, guest)
    for (const id of ['open-consult', 'open-three_way', 'open-confirmed', 'hold']) expect(see(id).exists()).toBe(false)
    expect(see('hangup').text()).toBe('退出协助')
    expect(see('hangup').attributes('title')).toContain('来电人与 8002 继续通话')
    wrapper!.unmount()
    show(PartiesStrip, guest)
    for (const id of ['drop-8002', 'swap-8002', 'merge', 'leave']) expect(see(id).exists()).toBe(false)
  })
})

describe('the parties', () => {
  it('are changed by the number of the party and the version of the call', async () => {
    const consulting: DeskCall = { ...talking, phase: 'consulting', caller_in: false, parties: [tax] }
    const desk = show(PartiesStrip, consulting)
    const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
    expect(see('together').text()).not.toContain('来电人')
    expect(see('party-caller').text()).toContain('听音乐')
    for (const id of ['swap-12366', 'merge', 'leave', 'drop-12366']) await see(id).trigger('click')
    await flushPromises()
    expect(send.mock.calls.map(([name, args, , ver]) => [name, args, ver])).toEqual([
      ['call.swap', { n: 2 }, 3], ['call.merge', {}, 3], ['call.leave', {}, 3], ['call.drop', { n: 2 }, undefined],
    ])
  })

  it('stay after he left, and he can come back', async () => {
    const left: DeskCall = { ...talking, phase: 'wrap_up', take_back: true, parties: [{ ...police, state: 'in' }] }
    const desk = show(EmergencyRow, left)
    const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
    expect(see('handed').text()).toBe('来电人仍与 110 通话')
    await see('take-back-call').trigger('click')
    expect(send).toHaveBeenCalledWith('call.take_back', {}, 'call-1')
  })

  it('are told when they were not reached, until he does something', async () => {
    const last = { n: 1, kind: 'emergency', key: '110', title: '公安报警', how: 'one_key', result: 'failed', why: 'busy', routes: 1, at: at(0), agent: '' } as const
    const desk = show(EmergencyRow, { ...talking, last_transfer: last })
    expect(see('transfer-failure').text()).toContain('110 未接通：占线')
    desk.acts++
    await flushPromises()
    expect(see('transfer-failure').exists()).toBe(false)
    await wrapper!.setProps({ call: { ...talking, last_transfer: { ...last, n: 2, why: 'no_answer' } } })
    expect(see('transfer-failure').text()).toContain('110 未接通：无人接听')
  })
})

it('asks a supervisor for help and takes it back', async () => {
  const desk = show(EmergencyRow, talking)
  const send = vi.spyOn(desk, 'send').mockResolvedValue(true)
  await see('help').trigger('click')
  put(talking, true)
  await flushPromises()
  expect(see('help').attributes('aria-pressed')).toBe('true')
  await see('help').trigger('click')
  expect(send.mock.calls).toEqual([['agent.help', { on: true }], ['agent.help', { on: false }]])
})

describe('the directory', () => {
  const target: Target = { kind: 'agent', key: '8003', title: '王芳', unit: '综合组', initials: 'wf', state: 'busy', favourite: false }

  async function openFor(found: Target[] | Error) {
    const targets = vi.spyOn(api, 'targets')
    if (found instanceof Error) targets.mockRejectedValue(found)
    else targets.mockResolvedValue(found)
    const desk = show({ render: () => (useTransfers().choosing ? h(TargetPanel) : null) }, talking, {})
    useTransfers().choose('confirmed')
    await flushPromises()
    return { desk, targets, attempt: vi.spyOn(desk, 'attempt').mockResolvedValue() }
  }

  it('shows state in words, and brings who is chosen', async () => {
    const { attempt } = await openFor([target])
    expect(see('target-row').text()).toMatch(/王芳.*座席 · 8003 · 综合组.*忙/s)
    await see('how-blind').trigger('click')
    await see('target-reason').setValue(' 复杂 ')
    await see('target').trigger('click')
    await flushPromises()
    expect(attempt).toHaveBeenCalledWith('call.bring', { how: 'blind', to: { kind: 'agent', key: '8003' }, reason: '复杂' }, 'call-1', 3)
    expect(see('targets').exists()).toBe(false)
  })

  it.each([
    ['unknown_target', '没有这个对象'],
    ['not_permitted', '没有拨打这个号码的权限'],
    ['no_route', '没有通往对方的线路'],
    ['target_busy', '对方现在不空闲'],
    ['too_many_blind', '已被多次释放转'],
  ])('stays open and says why: %s', async (code, words) => {
    const { attempt } = await openFor([target])
    attempt.mockRejectedValue(new CommandError(code, '', false))
    await see('target').trigger('click')
    await flushPromises()
    expect(see('target-refusal').text()).toContain(words)
    expect(can('target')).toBe(true)
  })

  it('offers a number that nobody has, also while the directory is away', async () => {
    const { targets, attempt } = await openFor(new Error('503'))
    await see('target-search').setValue('138 0013-8000')
    await vi.waitFor(() => expect(targets).toHaveBeenCalledWith('138 0013-8000'))
    await flushPromises()
    expect(see('target-row').text()).toContain('外线 13800138000')
    await see('target').trigger('click')
    expect(attempt.mock.calls[0]?.[1]).toMatchObject({ to: { kind: 'number', key: '13800138000' } })
  })

  it('does not take what was found for something typed before', async () => {
    const { targets, attempt } = await openFor([target])
    const answer = later<Target[]>()
    targets.mockReturnValue(answer.promise)
    await see('target-search').setValue('12366')
    await see('target-search').trigger('keydown', { key: 'Enter' })
    expect(attempt).not.toHaveBeenCalled()
    answer.give([{ ...target, kind: 'sub_centre', key: '12366', title: '12366纳税服务热线' }])
    await flushPromises()
    expect(attempt.mock.calls[0]?.[1]).toMatchObject({ to: { key: '12366' } })
  })

  it('closes with Esc, and when the call goes', async () => {
    await openFor([target])
    await see('target-search').trigger('keydown', { key: 'Escape' })
    expect(see('targets').exists()).toBe(false)
    useTransfers().choose('consult')
    await flushPromises()
    put({ ...talking, phase: 'wrap_up' })
    await flushPromises()
    expect(see('targets').exists()).toBe(false)
  })

  it('keeps a favourite', async () => {
    const { targets } = await openFor([target])
    const favourite = vi.spyOn(api, 'favourite').mockResolvedValue()
    targets.mockResolvedValue([{ ...target, favourite: true }])
    await see('star').trigger('click')
    await flushPromises()
    expect(favourite).toHaveBeenCalledWith(target, true)
    expect(see('star').attributes('aria-pressed')).toBe('true')
  })
})
