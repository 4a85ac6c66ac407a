import { describe, expect, it } from 'vitest'
import { emptyDesk, reduce, type DeskState } from '../src/desk'
import type { Desk, DeskCall, DeskParty, DeskTransfer } from '../src/generated/protocol'
import { setLanguage } from '../src/i18n'
import { logText } from '../src/logText'
import { canLeave, canMerge, hearing, isGuest, ownsConversation, partyNews, serviceIn } from '../src/parties'
import { at, agent, talking } from './desks'

const police: DeskParty = { n: 1, kind: 'emergency', key: '110', title: '公安报警', how: 'one_key', state: 'dialling', since: at(-3), route: 1, routes: 2 }
const tax: DeskParty = { ...police, n: 2, kind: 'sub_centre', key: '12366', title: '12366纳税服务热线', how: 'consult', routes: 1 }
const chief: DeskParty = { ...police, n: 0, kind: 'supervisor', key: '9001', title: '孙立', how: '', routes: 0, state: 'in' }
const ended = (party: DeskParty, result: DeskTransfer['result'], why: DeskTransfer['why'] = ''): DeskTransfer => ({
  n: party.n, kind: party.kind, key: party.key, title: party.title, agent: '', how: party.how, result, why, routes: party.routes, at: at(0),
})
const call = (parties: DeskParty[], more: Partial<DeskCall> = {}): DeskCall => ({ ...talking, parties, ...more })
const desk = (of: DeskCall | null): Desk => ({ agent: { ...agent, state: 'talking' }, call: of, today: { answered: 1, talk_seconds: 1 }, help: false, supervising: null })
const whoHears = (of: DeskCall) => {
  const { together, apart } = hearing(of)
  const names = (voices: typeof together) => voices.map((voice) => voice.party?.key ?? voice.who).join(' ')
  return [names(together), names(apart)]
}

describe('who hears whom', () => {
  it.each([
    ['110 rings', call([police]), 'caller me', '110'],
    ['three talk', call([{ ...police, state: 'in' }], { phase: 'three_way' }), 'caller me 110', ''],
    ['a consultation', call([{ ...tax, state: 'in' }], { phase: 'consulting', caller_in: false }), 'me 12366', 'caller'],
    ['swapped', call([{ ...tax, state: 'aside' }]), 'caller me', '12366'],
    ['the agent’s page is being reloaded', call([{ ...police, state: 'in' }], { phase: 'reconnecting' }), 'caller 110', 'me'],
    ['handed over', call([{ ...police, state: 'in' }], { phase: 'wrap_up' }), 'caller 110', ''],
    ['a supervisor who only dials in is not shown', call([{ ...chief, state: 'ringing' }]), 'caller me', ''],
    ['a supervisor barges in', call([chief]), 'caller me 9001', ''],
  ])('%s', (_, of, together, apart) => expect(whoHears(of)).toEqual([together, apart]))
})

describe('what can be done', () => {
  it('belongs to the one whose call it is, while anybody talks', () => {
    for (const phase of ['talking', 'held', 'consulting', 'three_way', 'reconnecting'] as const) expect(ownsConversation(desk(call([], { phase })))).toBe(true)
    for (const phase of ['ringing', 'dialling', 'wrap_up'] as const) expect(ownsConversation(desk(call([], { phase })))).toBe(false)
    const guest = desk(call([], { owner: '8002' }))
    expect([ownsConversation(guest), isGuest(guest), isGuest(desk(call([]))), isGuest(desk(null)), isGuest(desk(call([], { owner: '8002', phase: 'wrap_up' })))]).toEqual([false, true, false, false, false])
  })

  it('is merging when somebody is kept out, and leaving when somebody stays', () => {
    const may = (of: DeskCall) => [canMerge(of), canLeave(of)]
    expect(may(call([police]))).toEqual([false, false])
    expect(may(call([{ ...tax, state: 'in' }], { caller_in: false, phase: 'consulting' }))).toEqual([true, true])
    expect(may(call([{ ...tax, state: 'aside' }]))).toEqual([true, true])
    expect(may(call([{ ...police, state: 'in' }], { phase: 'three_way' }))).toEqual([false, true])
    expect(may(call([chief], { caller_in: false, phase: 'held' }))).toEqual([false, false])
  })

  it('finds the service by its number, not a line or agent of the same', () => {
    expect(serviceIn(call([{ ...tax, key: '110' }]), '110')).toBeNull()
    expect(serviceIn(call([tax, police]), '110')?.n).toBe(1)
  })
})

describe('news of parties', () => {
  const kinds = (before: DeskCall | null, after: DeskCall | null) => partyNews(before, after, '8001').map((news) => `${news.kind} ${news.name}`)

  it('tells each step of a one key call', () => {
    expect(kinds(call([]), call([police]))).toEqual(['party.dialling 110'])
    expect(kinds(call([police]), call([{ ...police, state: 'ringing' }]))).toEqual(['party.ringing 110'])
    expect(kinds(call([{ ...police, state: 'ringing' }]), call([{ ...police, route: 2 }]))).toEqual(['party.route 110'])
    expect(kinds(call([police]), call([{ ...police, route: 2 }]))).toEqual(['party.route 110'])
    expect(kinds(call([police]), call([{ ...police, state: 'in' }]))).toEqual(['party.three 110'])
    expect(kinds(call([police]), call([], { last_transfer: ended(police, 'cancelled') }))).toEqual(['party.cancelled 110'])
    expect(kinds(call([{ ...police, state: 'in' }]), call([], { last_transfer: ended(police, 'connected') }))).toEqual(['party.left 110'])
  })

  it('tells a consultation from a three-way call', () => {
    const apart = { caller_in: false, phase: 'consulting' } as const
    expect(kinds(call([tax], apart), call([{ ...tax, state: 'in' }], apart))).toEqual(['party.in 12366纳税服务热线'])
    expect(kinds(call([{ ...tax, state: 'in' }], apart), call([{ ...tax, state: 'aside' }]))).toEqual(['party.aside 12366纳税服务热线'])
    expect(kinds(call([{ ...tax, state: 'aside' }]), call([{ ...tax, state: 'in' }]))).toEqual(['party.back 12366纳税服务热线'])
  })

  it('tells a failure also where the party was never seen', () => {
    expect(kinds(call([]), call([], { last_transfer: ended(police, 'failed', 'no_way') }))).toEqual(['transfer.failed 110'])
  })

  it('tells that a supervisor came and went', () => {
    expect(kinds(call([]), call([chief]))).toEqual(['party.supervisor 孙立'])
    expect(kinds(call([chief]), call([]))).toEqual(['party.left 孙立'])
  })

  it('tells a guest that the call became his, and not that he left it', () => {
    const host = { ...police, n: 0, kind: 'agent', key: '8002', title: '李建国', state: 'in' } as const
    const mine = { ...tax, kind: 'agent', key: '8001', title: '陈晓兰' } as const
    const news = partyNews(call([host], { owner: '8002' }), call([], { last_transfer: ended(mine, 'connected') }), '8001')
    expect(news.map((one) => `${one.kind} ${one.name}`)).toEqual(['party.left 李建国', 'call.yours '])
  })

  it('keeps quiet when he leaves and parties lose their numbers', () => {
    const state = { ...police, state: 'in' } as const
    expect(kinds(call([state], { phase: 'three_way' }), call([{ ...state, n: 0 }], { phase: 'wrap_up' }))).toEqual([])
  })

  it('says nothing of another call, nor twice', () => {
    expect(kinds(call([]), { ...call([police]), id: 'other' })).toEqual([])
    expect(kinds(null, call([police]))).toEqual([])
    const over = call([], { last_transfer: ended(police, 'failed', 'busy') })
    expect(kinds(over, over)).toEqual([])
  })
})

describe('the desk', () => {
  const told = (...steps: (Desk | null)[]) =>
    steps.reduce<DeskState>((state, of, i) => {
      const frame = { seq: i + 1, at: at(i), desk: of ?? undefined }
      return reduce(state, i === 0 ? { t: 'snapshot', ...frame } : { t: 'event', kind: 'call.parties', id: `e${i}`, ...frame }, 0)
    }, emptyDesk)
  const failed = call([], { last_transfer: ended(police, 'failed', 'busy') })

  it('says in words why 110 was not reached, and by how many ways', () => {
    setLanguage('zh')
    const state = told(desk(call([])), desk(call([police])), desk(failed), desk({ ...failed, ver: 9 }))
    expect(state.log.map(logText)).toEqual(['正在呼叫 110', '110 未接通：占线（2 路均已试）'])
  })

  it('tells of help, and gives each line its own key', () => {
    const state = told(desk(call([])), { ...desk(call([police, tax])), help: true })
    expect(state.log.map((line) => [line.kind, line.key])).toEqual([['party.dialling', 'e1'], ['party.dialling', 'e1.1'], ['help.on', 'e1.2']])
  })
})
