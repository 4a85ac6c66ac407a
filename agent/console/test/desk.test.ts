import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { emptyDesk, logLimit, reduce, type DeskState } from '../src/desk'
import type { ServerFrame } from '../src/generated/protocol'

const frames = recorded('two-calls')

function recorded(name: string): ServerFrame[] {
  const lines = readFileSync(`${import.meta.dirname}/frames/${name}.jsonl`, 'utf8').trim().split('\n')
  return lines.map((line) => JSON.parse(line) as ServerFrame)
}

/** atEach is the state after every frame, as it would have been received live. */
function atEach(of: ServerFrame[], ahead = 0): DeskState[] {
  let state = emptyDesk
  return of.map((frame) => (state = reduce(state, frame, frame.at ? Date.parse(frame.at) - ahead : 0)))
}

describe('a morning of two calls', () => {
  const states = atEach(frames)
  const last = states.at(-1)!

  it('shows every phase of the calls in order', () => {
    const phases = states.map((state) => state.desk?.call?.phase ?? 'none')
    expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual([
      'none', 'ringing', 'talking', 'held', 'talking', 'wrap_up', 'none', 'ringing', 'none',
    ])
  })

  it('ends with no call and the agent ready', () => {
    expect(last.desk?.call).toBeNull()
    expect(last.desk?.agent.state).toBe('ready')
  })

  it('lists what happened, and nothing that is no news', () => {
    expect(last.log.map((line) => line.kind)).toEqual([
      'agent.state', 'agent.state', 'call.ringing', 'call.answered', 'call.muted', 'call.unmuted', 'call.held',
      'call.resumed', 'call.ended', 'wrap_up.ended', 'call.ringing', 'call.withdrawn',
    ])
  })

  it('names in the list whose call it was, also when the call is gone from the desk', () => {
    expect(last.log.find((line) => line.kind === 'wrap_up.ended')?.number).toBe('13861234567')
    expect(last.log.at(-1)).toMatchObject({ kind: 'call.withdrawn', number: '' })
  })

  it('keeps the newest figures of the queue', () => {
    expect(last.queue).toMatchObject({ waiting: 3, busy: 4 })
    expect(last.asterisk).toBe(true)
  })

  it('is the same when every frame comes twice', () => {
    const twice = atEach(frames.flatMap((frame) => (frame.t === 'event' ? [frame, frame] : [frame])))
    expect(twice.at(-1)).toEqual(last)
  })
})

it('follows a call through a reload of the page, as a gateway told it', () => {
  const states = atEach(recorded('call-with-reload'))
  const phases = states.map((state) => state.desk?.call?.phase ?? 'none')
  expect(phases.filter((phase, i) => phase !== phases[i - 1])).toEqual([
    'none', 'ringing', 'talking', 'held', 'talking', 'reconnecting', 'talking', 'wrap_up', 'none', 'ringing', 'none',
  ])
  expect(states.at(-1)?.desk?.agent).toMatchObject({ state: 'not_ready', reason: 'refused' })
  expect(states.at(-1)?.desk?.today).toEqual({ answered: 1, talk_seconds: 6 })
})

describe('the gateway’s clock', () => {
  it('is found although this computer is an hour behind', () => {
    expect(atEach(frames, 3_600_000).at(-1)?.offset).toBe(3_600_000)
  })

  it('is not moved back by events replayed late', () => {
    const [snapshot, event] = [frames[1]!, frames.find((frame) => frame.t === 'event')!]
    const first = reduce(emptyDesk, snapshot, Date.parse(snapshot.at!))
    expect(reduce(first, event, Date.parse(event.at!) + 60_000).offset).toBe(0)
  })
})

it('knows nothing before the first snapshot', () => {
  expect(reduce(emptyDesk, frames[0]!, 0).desk).toBeNull()
})

it('keeps a bounded list on a long day', () => {
  const ringing = frames.find((frame) => frame.kind === 'call.ringing')!
  let state = emptyDesk
  for (let seq = 1; seq <= 3 * logLimit; seq++) state = reduce(state, { ...ringing, seq, id: `e${seq}` }, 0)
  expect(state.log).toHaveLength(logLimit)
  expect(state.log.at(-1)?.key).toBe(`e${3 * logLimit}`)
})
