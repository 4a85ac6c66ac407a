// The supervisor's page in Chromium: a thousand agents whose states move, alerts that are heard and acknowledged, and
// being with an agent by a telephone that answers by itself; each state is checked with axe.
// Usage: node test/floor.mjs [folder]; needs a built dist and Chromium.
import assert from 'node:assert/strict'
import { mkdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'
import { FakeGateway } from './fake/gateway.mjs'

const folder = process.argv[2] ?? new URL('../../../build/screens', import.meta.url).pathname
const root = new URL('../dist/', import.meta.url).pathname
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
mkdirSync(folder, { recursive: true })

const gateway = await new FakeGateway({ root, heartbeat: 2, roles: ['agent', 'supervisor'] }).start()
const { floor } = gateway
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox', '--use-fake-ui-for-media-stream', '--use-fake-device-for-media-stream', '--allow-loopback-in-peer-connection',
    '--disable-features=WebRtcHideLocalIpsWithMdns', '--disable-background-networking',
  ],
})
const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
await context.grantPermissions(['microphone'], { origin: gateway.address })
const page = await context.newPage()
page.on('pageerror', (error) => assert.fail(`page error: ${error.message}`))
// Every sound that is not a loop is a tone or a chime.
await page.addInitScript(() => {
  window.sounds = 0
  const start = AudioBufferSourceNode.prototype.start
  AudioBufferSourceNode.prototype.start = function (...args) {
    if (!this.loop) window.sounds++
    return start.apply(this, args)
  }
})
const at = (id) => page.getByTestId(id)
const sent = (name) => gateway.commands.filter((one) => one.name === name).at(-1)?.args

async function until(what, done, within = 5000) {
  const started = Date.now()
  while (Date.now() - started < within) {
    if (await done()) return console.log(`ok  ${what} (${Date.now() - started} ms)`)
    await new Promise((next) => setTimeout(next, 40))
  }
  assert.fail(`not within ${within} ms: ${what}`)
}

async function shoot(name) {
  for (const [width, height] of [[1280, 800], [1440, 900]]) {
    await page.setViewportSize({ width, height })
    await page.waitForTimeout(150)
    await page.screenshot({ path: `${folder}/${name}-${width}.png` })
    const large = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight)
    assert.ok(!large, `${name} at ${width}: the page scrolls`)
  }
  await page.evaluate(axe)
  const { violations } = await page.evaluate(() => window.axe.run({ resultTypes: ['violations'] }))
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  assert.deepEqual(serious.map(({ id, nodes }) => `${name}: ${id} ${nodes.map((node) => `${node.target} ${node.any[0]?.message ?? ''}`).join('; ')}`), [])
}

floor.fill(1000)
gateway.queue = { waiting: 3, longest_since: gateway.now(-41), ready: 180, busy: 360, callbacks: 4 }
await page.goto(`${gateway.address}/#/floor`)
await at('login-no').fill('8001')
await at('login-password').fill('secret')
await at('login-submit').click()
await at('agent-row').first().waitFor()
await shoot('40-floor-not-signed-in')
await at('floor-sign-in').click()
await at('sign-in').click()
await page.waitForSelector('[data-testid=state-label][data-state=not_ready]')
await at('to-floor').click()
await at('floor').waitFor()

// A thousand agents: fifty change each second, and the table is scrolled all the while.
const moving = setInterval(() => (floor.stir(50), floor.tell()), 1000)
assert.ok((await at('agent-row').count()) < 60, 'only rows in sight are made')
const smooth = await page.evaluate(async () => {
  const box = document.querySelector('[role=region][tabindex]')
  const long = []
  const watcher = new PerformanceObserver((list) => long.push(...list.getEntries().map((one) => Math.round(one.duration))))
  watcher.observe({ type: 'longtask' })
  const gaps = []
  let last = performance.now()
  const end = last + 5000
  while (last < end) {
    box.scrollTop = (box.scrollTop + 37) % (box.scrollHeight - box.clientHeight)
    await new Promise(requestAnimationFrame)
    const now = performance.now()
    gaps.push(now - last)
    last = now
  }
  gaps.sort((a, b) => a - b)
  return { frames: gaps.length, median: Math.round(gaps[gaps.length >> 1]), p99: Math.round(gaps[Math.floor(gaps.length * 0.99)]), longest: Math.round(gaps.at(-1)), long }
})
console.log(`ok  5 s of scrolling through 1,000 agents: ${JSON.stringify(smooth)}`)
assert.ok(smooth.p99 < 150, 'the table moves without jank')
await until('the data are young', async () => (await at('floor-age').getAttribute('data-stale')) === 'false')
await shoot('41-floor')

await at('filter-text').fill('8044')
await until('one agent is found', async () => (await at('agent-row').count()) === 1)
await at('filter-text').fill('')
await at('filter-group').selectOption('三组')
await at('state-talking').click()
await until('a state of a group', async () => /^\d+ \/ 1000 人$/.test(await at('agents-count').innerText()) && (await page.locator('[data-testid=agent-row]:not([data-state=talking])').count()) === 0)
await shoot('42-floor-filtered')
await at('filter-group').selectOption('')
await at('state-all').click()
clearInterval(moving)

await until('data that no longer come are called stale', async () => (await at('floor-age').getAttribute('data-stale')) === 'true')
await shoot('43-floor-stale')
const alive = setInterval(() => floor.tell(), 1000)

floor.move(floor.of('8002'), 'talking', -151)
floor.of('8002').name = '乙'
const soundsBefore = await page.evaluate(() => window.sounds)
floor.alert('one_key_failed', '8003', { subject: '110', why: 'busy' })
floor.alert('help', '8002')
await until('a call for help is heard', () => page.evaluate((before) => window.sounds > before, soundsBefore))
assert.match(await at('alert-spoken').innerText(), /乙 8002/)
await shoot('44-floor-alerts')
await at('ack-alert-1').click()
await at('acked').waitFor()

// The gateway dials the supervisor's telephone, which answers by itself.
const far = await (await browser.newContext()).newPage()
await far.goto(`${gateway.address}/favicon.svg`)
const offer = await far.evaluate(async () => {
  const audio = new AudioContext()
  const tone = new OscillatorNode(audio, { frequency: 1000 })
  const meter = new AnalyserNode(audio, { fftSize: 2048 })
  const out = audio.createMediaStreamDestination()
  tone.connect(out)
  tone.start()
  const peer = (window.peer = new RTCPeerConnection())
  peer.ontrack = ({ streams: [stream] }) => {
    window.player = Object.assign(new Audio(), { srcObject: stream, muted: true })
    audio.createMediaStreamSource(stream).connect(meter)
  }
  window.heard = () => {
    const samples = new Float32Array(meter.fftSize)
    meter.getFloatTimeDomainData(samples)
    return Math.max(...samples.map(Math.abs))
  }
  peer.addTrack(out.stream.getTracks()[0], out.stream)
  await audio.resume()
  await peer.setLocalDescription()
  while (peer.iceGatheringState !== 'complete') await new Promise((next) => setTimeout(next, 20))
  return peer.localDescription.sdp
})
gateway.sip.onAnswer = (sdp) => far.evaluate((answer) => window.peer.setRemoteDescription({ type: 'answer', sdp: answer }), sdp)
const level = () => page.evaluate(() => window.__hotline.level(1000))
const heard = () => far.evaluate(() => window.heard())

await at('alert-listen-alert-2').click()
await at('supervise-bar').waitFor()
assert.deepEqual(sent('floor.supervise'), { agent: '8002', how: 'listen' })
gateway.sip.invite(floor.of('8002').call, offer, ['X-Hotline-Auto-Answer: 1'])
await until('the telephone answers by itself and hears', async () => (await level()) > -50)
floor.heard(-32)
await page.waitForTimeout(1200) // time for a microphone to be heard, were it open
assert.ok((await heard()) < 0.001, 'who listens sends nothing')
await at('ack-alert-2').click()
await until('the alert is seen to', async () => (await at('acked').count()) === 2)
await shoot('45-floor-listening')
await at('with-whisper').click()
await page.waitForSelector('[data-testid=supervise-bar][data-how=whisper]')
assert.deepEqual(sent('floor.supervise'), { agent: '8002', how: 'whisper' })
await until('who whispers is heard', async () => (await heard()) > 0.01)
await at('with-mute').click()
await until('who muted himself is not', async () => (await heard()) < 0.001)
await at('with-barge').click()
await page.waitForSelector('[data-testid=supervise-bar][data-how=barge]')
await shoot('46-floor-barging')
await at('to-desk').click()
assert.equal(await at('phase').getAttribute('data-phase'), 'idle', 'the call bar is the agent’s own')
await shoot('47-desk-while-supervising')
await at('to-floor').click()
await page.waitForTimeout(5500)
assert.ok((await level()) > -50, 'the leg is no stray')
await at('leave').click()
await at('supervise-bar').waitFor({ state: 'detached' })
assert.ok(sent('floor.leave'))
gateway.sip.bye()

await at('filter-text').fill('800')
await at('force-8002').click()
await at('force-hangup').click()
await at('hangup-ask').waitFor()
await shoot('48-floor-force')
await at('hangup-do').click()
await until('the call was ended', async () => (await page.locator('[data-no="8002"]').getAttribute('data-state')) === 'wrap_up')
assert.deepEqual(sent('floor.hangup'), { agent: '8002' })
await at('force-8002').click()
await at('force-not_ready').click()
await until('his state was set', async () => (await page.locator('[data-no="8002"]').getAttribute('data-state')) === 'not_ready')

await at('lang-switch').click()
await shoot('49-floor-english')
await at('lang-switch').click()

floor.move(floor.of('8004'), 'talking', -20)
floor.tell()
await at('listen-8004').click()
await at('supervise-bar').waitFor()
floor.heard()
gateway.refuseWith = 'supervised'
await at('with-whisper').click()
await page.waitForSelector('.el-message')
await at('take-over').click()
await page.waitForSelector('[data-testid=phase][data-phase=talking]')
assert.equal(await at('floor').count(), 0, 'a call taken over has its page')
assert.equal(await at('supervise-bar').count(), 0)
await shoot('50-taken-over')

clearInterval(alive)
await browser.close()
await gateway.stop()
console.log('ok  floor')
