// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WebSocket } from 'ws'
import type { ServerFrame } from '../src/generated/protocol'
import { Link, type LinkState } from '../src/link'
import { CommandError } from '../src/outbox'
import { FakeGateway } from './fake/gateway.mjs'

vi.stubGlobal('WebSocket', WebSocket)

let gateway: FakeGateway
let link: Link
let frames: ServerFrame[]
let states: LinkState[]
let stops: number[]

function open(options: { replyWithin?: number; page?: string } = {}): Link {
  return new Link({
    page: options.page ?? 'page-1',
    ticket: async () => {
      const response = await fetch(`${gateway.address}/api/console/ticket`, { method: 'POST' })
      if (!response.ok) throw Object.assign(new Error('no ticket'), { status: response.status })
      return ((await response.json()) as { ticket: string }).ticket
    },
    address: (ticket) => `${gateway.address.replace('http', 'ws')}/ws?ticket=${ticket}`,
    onFrame: (frame) => frames.push(frame),
    onState: (state) => states.push(state),
    onStop: (code) => stops.push(code),
    replyWithin: options.replyWithin,
  })
}

const up = () => vi.waitFor(() => expect(states.at(-1)).toBe('up'), { timeout: 5000, interval: 10 })
const seqs = () => frames.filter((frame) => frame.t === 'event').map((frame) => frame.seq)
const backUp = async () => {
  await vi.waitFor(() => expect(states.at(-1)).toBe('down'), { timeout: 9000, interval: 5 })
  await up()
}

beforeEach(async () => {
  gateway = await new FakeGateway().start()
  gateway.signedIn = true
  frames = []
  states = []
  stops = []
  link = open()
})
afterEach(async () => {
  link.stop()
  await gateway.stop()
})

describe('a fresh page', () => {
  it('is up once the snapshot is there', async () => {
    link.start()
    await up()
    expect(frames[0]).toMatchObject({ t: 'snapshot', seq: 1 })
    expect(states).toEqual(['connecting', 'up'])
  })

  it('goes to the sign-in page when there is no session', async () => {
    gateway.signedIn = false
    link.start()
    await vi.waitFor(() => expect(stops).toEqual([4000]))
  })

  it('keeps trying while the gateway cannot be had', async () => {
    gateway.refuseTickets = true
    link.start()
    await new Promise((done) => setTimeout(done, 400))
    expect(states).toEqual(['connecting'])
    gateway.refuseTickets = false
    await up()
  })
})

describe('a torn connection', () => {
  it('gets exactly what was missed, with nothing twice', async () => {
    link.start()
    await up()
    gateway.event('agent.state')
    gateway.cut()
    gateway.ring()
    gateway.answered()
    await backUp()
    gateway.end('caller')
    await vi.waitFor(() => expect(seqs()).toEqual([2, 3, 4, 5]))
    expect(gateway.resumes).toBe(1)
  })

  it('is up again although nothing was missed', async () => {
    link.start()
    await up()
    gateway.cut()
    await backUp()
    expect(frames.filter((frame) => frame.t === 'snapshot')).toHaveLength(1)
  })

  it('is tried again within 300 ms', async () => {
    link.start()
    await up()
    const cut = Date.now()
    gateway.cut()
    await backUp()
    expect(Date.now() - cut).toBeLessThan(500)
  })

  it('gets a snapshot from a gateway that was started anew', async () => {
    link.start()
    await up()
    gateway.epoch = 'epoch-2'
    gateway.cut()
    await backUp()
    expect(frames.filter((frame) => frame.t === 'snapshot')).toHaveLength(2)
  })

  it('is noticed when the network dies without a word', async () => {
    link.start()
    await up()
    gateway.silent = true
    await vi.waitFor(() => expect(states.at(-1)).toBe('down'), { timeout: 8000 })
    gateway.silent = false
    await up()
  }, 15_000)

  it('is resumed after a gap in the numbers', async () => {
    link.start()
    await up()
    const hidden = gateway.socket
    gateway.socket = null
    gateway.event('agent.state') // lost on its way
    gateway.socket = hidden
    gateway.event('agent.state')
    await vi.waitFor(() => expect(seqs()).toEqual([2, 3]))
    expect(gateway.resumes).toBe(1)
  })
})

describe('a command', () => {
  it('answers with its result', async () => {
    link.start()
    await up()
    await link.command('agent.ready')
    expect(gateway.desk.agent.state).toBe('ready')
  })

  it('tells the code of a refusal', async () => {
    link.start()
    await up()
    gateway.refuseWith = 'call_moved_on'
    await expect(link.command('call.hold', {}, 'call-1', 3)).rejects.toMatchObject({ code: 'call_moved_on' })
    expect(gateway.commands.at(-1)).toMatchObject({ name: 'call.hold', call: 'call-1', ver: 3 })
  })

  it('given while offline is carried out once when the link is back', async () => {
    link.start()
    await up()
    gateway.ring()
    gateway.answered()
    gateway.cut()
    await vi.waitFor(() => expect(states.at(-1)).toBe('down'))
    await link.command('call.hangup', {}, gateway.desk.call!.id)
    expect(gateway.desk.call).toMatchObject({ phase: 'wrap_up', ended_by: 'agent' })
    expect(gateway.commands).toHaveLength(1)
  })

  it('whose answer was lost is asked for again under the same id and not carried out twice', async () => {
    link.start()
    await up()
    gateway.dropReplies = 1
    const done = link.command('agent.not_ready', { reason: 'meeting' })
    await vi.waitFor(() => expect(gateway.commands).toHaveLength(1))
    gateway.cut()
    await done
    const [first, again] = gateway.commands
    expect(again?.id).toBe(first?.id)
    expect(gateway.frames.filter((frame) => frame.kind === 'agent.state')).toHaveLength(1)
  })

  it('that is never answered ends with its fate unknown', async () => {
    link = open({ replyWithin: 150 })
    link.start()
    await up()
    gateway.dropReplies = 1
    await expect(link.command('agent.ready')).rejects.toMatchObject({ code: 'no_reply' })
  })

  it('under way fails when the page is stopped', async () => {
    const waiting = link.command('agent.ready')
    link.stop()
    await expect(waiting).rejects.toBeInstanceOf(CommandError)
  })
})

describe('a second place', () => {
  it('stops the first, which does not fight back but can be taken back by hand', async () => {
    link.start()
    await up()
    const other = open({ page: 'page-2' })
    other.start()
    await vi.waitFor(() => expect(stops).toEqual([4001]))
    other.stop()
    const sessions = gateway.sessions
    await new Promise((done) => setTimeout(done, 500))
    expect(gateway.sessions).toBe(sessions)
    link.start()
    await up()
  })
})
