// A call with real sound in Chromium: the page answers, is heard and hears; its SIP socket drops; it is reloaded.
// Usage: node test/call.mjs; needs a built dist and Chromium.
import assert from 'node:assert/strict'
import { chromium } from 'playwright-core'
import { FakeGateway } from './fake/gateway.mjs'

const root = new URL('../dist/', import.meta.url).pathname
const gateway = await new FakeGateway({ root, heartbeat: 2 }).start()
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
page.on('pageerror', (error) => console.error('page error:', error.message))
const at = (id) => page.getByTestId(id)
const far = await (await browser.newContext()).newPage() // the other end of the sound
await far.goto(`${gateway.address}/favicon.svg`)

/** callFrom makes the far end's leg, sending a tone, and returns its offer. */
const callFrom = (tone) =>
  far.evaluate(async (frequency) => {
    const context = new AudioContext()
    const oscillator = new OscillatorNode(context, { frequency })
    const gain = new GainNode(context, { gain: 0.3 })
    const out = context.createMediaStreamDestination()
    oscillator.connect(gain).connect(out)
    oscillator.start()
    const meter = new AnalyserNode(context, { fftSize: 2048 })
    const peer = new RTCPeerConnection()
    peer.ontrack = ({ streams: [stream] }) => {
      const player = new Audio()
      player.srcObject = stream
      player.muted = true
      context.createMediaStreamSource(stream).connect(meter)
      window.player = player
    }
    peer.addTrack(out.stream.getTracks()[0], out.stream)
    window.peer?.close()
    window.peer = peer
    window.heard = () => {
      const samples = new Float32Array(meter.fftSize)
      meter.getFloatTimeDomainData(samples)
      return Math.max(...samples.map(Math.abs))
    }
    await context.resume()
    await peer.setLocalDescription()
    while (peer.iceGatheringState !== 'complete') await new Promise((next) => setTimeout(next, 20))
    return peer.localDescription.sdp
  }, tone)
gateway.sip.onAnswer = (sdp) => far.evaluate((answer) => window.peer.setRemoteDescription({ type: 'answer', sdp: answer }), sdp)
gateway.sip.onReinvite = (sdp) =>
  far.evaluate(async (offer) => {
    await window.peer.setRemoteDescription({ type: 'offer', sdp: offer })
    await window.peer.setLocalDescription()
    return window.peer.localDescription.sdp
  }, sdp)

const level = (frequency) => page.evaluate((f) => window.__hotline.level(f), frequency)
async function until(what, done, within = 5000) {
  const started = Date.now()
  while (Date.now() - started < within) {
    if (await done()) {
      console.log(`ok  ${what} (${Date.now() - started} ms)`)
      return
    }
    await new Promise((next) => setTimeout(next, 40))
  }
  assert.fail(`not within ${within} ms: ${what}`)
}
const hears = (tone) => until(`the agent hears ${tone} Hz`, async () => (await level(tone)) > -50 && (await level(tone)) > (await level(tone + 700)) + 20)
const isHeard = () => until('the agent is heard', () => far.evaluate(() => window.heard() > 0.01))

await page.goto(gateway.address)
await at('login-no').fill('8001')
await at('login-password').fill('secret')
await at('login-password').press('Enter')
await at('sign-in').click()
await page.waitForSelector('[data-testid=state-label][data-state=not_ready]')

// The click comes before the INVITE: the wish to answer is kept.
const offer = await callFrom(1000)
gateway.ring({ id: 'call-1' })
await at('answer').click()
gateway.sip.invite('call-1', offer)
await until('answered', () => gateway.sip.dialog.to.includes('tag='))
gateway.answered()
await hears(1000)
await isHeard()

await at('mute').click()
await until('a muted agent is not heard', () => far.evaluate(() => window.heard() < 0.001))
await at('mute').click()
await isHeard()

gateway.sip.cut()
await until('the call is renegotiated after the SIP socket came back', () => gateway.sip.reinvites === 1, 8000)
await hears(1000)

await at('note').fill('半句话')
await page.reload()
const reloaded = Date.now()
await until('registered again', async () => (await at('phone-health').getAttribute('data-state')) === 'ok')
gateway.sip.invite('call-1', await callFrom(1500), ['X-Hotline-Auto-Answer: 1'])
await hears(1500).catch(async (error) => {
  console.log(gateway.sip.dialog, await at('sound-banner').count(), await at('mic-health').getAttribute('data-state'))
  throw error
})
await isHeard()
console.log(`ok  same call with sound ${Date.now() - reloaded} ms after the reload`)
assert.equal(await at('note').inputValue(), '半句话')
assert.equal(await at('phase').getAttribute('data-phase'), 'talking')
assert.equal(await at('sound-banner').count(), 0)

// The far end hung up while the SIP socket was down: the re-INVITE finds out.
gateway.sip.gone = true
gateway.end('caller')
gateway.sip.cut()
await until('the missed hang-up is seen', async () => (await level(1500)) === -Infinity, 10000)

await browser.close()
await gateway.stop()
